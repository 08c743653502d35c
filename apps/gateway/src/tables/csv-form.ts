import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { InvalidRequestError } from '../validation/request.errors.ts';

const RULE =
  'the form must have one file and nothing else: what says how to read it belongs in the query, e.g. ?name=usage';
/** One more of each than is taken, so that a second is noticed. */
const limits = { files: 2, fields: 1, parts: 3, fieldSize: 1_000, headerPairs: 50 };

/** The one file of a form, as it arrives. @throws InvalidRequestError when there is none, or anything else */
export async function* csvOfForm(payload: Readable, headers: IncomingHttpHeaders): AsyncGenerator<Buffer> {
  const form = formOf(headers);
  let others = 0;
  const opened = new Promise<Readable>((resolve, reject) => {
    form.on('file', (_, file) => {
      if (others > 0) file.resume();
      else resolve(file);
      others += 1;
    });
    form.on('field', () => (others += 2));
    form.on('finish', () => reject(new InvalidRequestError('body', RULE)));
    form.on('error', (error) => reject(error as Error));
  });
  const feeding = pipeline(payload, form);
  feeding.catch(() => undefined);
  const file = await opened.catch(malformed);
  feeding.catch((error: unknown) => file.destroy(error as Error));
  yield* file as AsyncIterable<Buffer>;
  await feeding.catch(malformed);
  if (others > 1) throw new InvalidRequestError('body', RULE);
}

function formOf(headers: IncomingHttpHeaders): BusboyInstance {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits });
  } catch (error) {
    return malformed(error);
  }
}

function malformed(error: unknown): never {
  if (error instanceof InvalidRequestError) throw error;
  throw new InvalidRequestError('body', 'the form is malformed or did not arrive whole');
}
