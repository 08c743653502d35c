import { randomUUID } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@bulkhead/errors';
import { InvalidCsvError, TableLimitError, UploadTimeoutError, UploadTooSlowError } from './tables.errors.ts';
import type { TablesOptions } from './tables.options.ts';

/** Bytes that are parsed before the process turns to other work. */
const PIECE_BYTES = 8_192;

export type ArrivalLimits = Pick<
  TablesOptions,
  'maxBytes' | 'uploadTimeoutMs' | 'uploadStallMs' | 'uploadBytesPerSecond'
>;

/**
 * A file that has arrived as a whole, to be read as often as needed. It has no name in the file system any more: what
 * becomes of the process, nothing of it is left behind.
 */
export class UploadSpool {
  private constructor(
    private readonly file: FileHandle,
    readonly byteCount: number,
  ) {}

  /**
   * Takes a file as it arrives, however long that takes within the limits: nothing but disk is held meanwhile.
   * @throws InvalidCsvError when it ends half-way, TableLimitError, UploadTimeoutError, UploadTooSlowError
   */
  static async receive(body: AsyncIterable<Uint8Array>, limits: ArrivalLimits): Promise<UploadSpool> {
    const path = join(tmpdir(), `bulkhead-upload-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
      return new UploadSpool(file, await arrive(body, file, limits));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** From its beginning, in pieces. */
  async *read(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.byteCount;) {
      const { bytesRead, buffer } = await this.file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** @returns its size */
async function arrive(
  body: AsyncIterable<Uint8Array>,
  file: FileHandle,
  limits: ArrivalLimits,
): Promise<number> {
  const pieces = body[Symbol.asyncIterator]();
  const pace = new Pace(limits);
  let size = 0;
  try {
    for (;;) {
      const piece = await pace.next(pieces.next(), size);
      if (piece.done) return size;
      size += piece.value.byteLength;
      if (size > limits.maxBytes)
        throw new TableLimitError('The file is larger than allowed', limits.maxBytes);
      await file.appendFile(piece.value);
    }
  } finally {
    pace.end();
  }
}

/** Ends what arrives too slowly. The body is left as it is: its connection is still to be answered. */
class Pace {
  readonly #startedAt = performance.now();
  readonly #late: Promise<never>;
  #fail: (error: Error) => void = () => undefined;
  #stall: NodeJS.Timeout | undefined;
  readonly #limit: NodeJS.Timeout;

  constructor(private readonly limits: ArrivalLimits) {
    this.#late = new Promise((_, reject) => (this.#fail = reject));
    this.#late.catch(() => undefined);
    const { uploadTimeoutMs } = limits;
    this.#limit = setTimeout(() => this.#fail(new UploadTimeoutError(uploadTimeoutMs)), uploadTimeoutMs);
  }

  /** @param size what has arrived already, in bytes */
  async next<T>(piece: Promise<T>, size: number): Promise<T> {
    const { uploadStallMs, uploadBytesPerSecond } = this.limits;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    if (seconds * 1000 > 2 * uploadStallMs && size < seconds * uploadBytesPerSecond) {
      piece.catch(() => undefined);
      throw new UploadTooSlowError(
        `is slower than ${uploadBytesPerSecond} bytes a second`,
        uploadBytesPerSecond,
      );
    }
    clearTimeout(this.#stall);
    this.#stall = setTimeout(
      () => this.#fail(new UploadTooSlowError(`paused for more than ${uploadStallMs} ms`, uploadStallMs)),
      uploadStallMs,
    );
    const arrived = piece.catch((cause: unknown) => {
      throw cause instanceof AppError ? cause : new InvalidCsvError('did not arrive whole', undefined, cause);
    });
    return await Promise.race([arrived, this.#late]);
  }

  end(): void {
    clearTimeout(this.#stall);
    clearTimeout(this.#limit);
  }
}
