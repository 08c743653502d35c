import type { JsonRecord } from '@bulkhead/user-context';
import { isRecord, textFields, type LeaveOut } from './chunk-mender.ts';

interface Call {
  readonly id: string | undefined;
  isNamed: boolean;
  /** What came before the name. */
  held: string;
}

/**
 * Pieces of tool calls: each gets an index and arguments that are a text, and none begins without a name. Which piece
 * belongs to which call of one index is left to the SDK.
 */
export class ToolCallDeltas {
  readonly #calls = new Map<number, Call>();
  #last: number | undefined;

  constructor(private readonly leaveOut: LeaveOut) {}

  mend(deltas: readonly JsonRecord[]): object[] {
    return deltas.flatMap((delta) => {
      const inner = isRecord(delta['function']) ? delta['function'] : delta;
      const { name: written = '' } = textFields(inner, 'name');
      // Otherwise as it is: with a space at its side it is another name, and that of no tool.
      const name = written.trim() === '' ? '' : written;
      const id = idOf(delta['id']);
      const index = indexOf(delta['index']) ?? this.#placeOf(id, name);
      if (index === undefined) {
        this.leaveOut('piece of a tool call that never began');
        return [];
      }
      this.#last = index;
      const call = this.#calls.get(index) ?? { id, isNamed: false, held: '' };
      this.#calls.set(index, call);
      const text = argumentsOf(inner['arguments'] ?? inner['parameters']);
      if (!call.isNamed && name === '') {
        call.held += text;
        return [];
      }
      const [held, first] = [call.held, !call.isNamed];
      call.held = '';
      call.isNamed = true;
      const known = id ?? (first ? call.id : undefined);
      return [
        {
          index,
          ...(known !== undefined && { id: known }),
          ...(name !== '' && { type: 'function' }),
          function: { ...(name !== '' && { name }), arguments: held + text },
          ...(isRecord(delta['extra_content']) && { extra_content: delta['extra_content'] }),
        },
      ];
    });
  }

  end(): object[] {
    if ([...this.#calls.values()].some(({ isNamed }) => !isNamed)) this.leaveOut('tool call without a name');
    return [];
  }

  /** Where the server counts nothing, a new id begins a call, or a name where there is no id. */
  #placeOf(id: string | undefined, name: string): number | undefined {
    const same = [...this.#calls].find(([, call]) => id !== undefined && call.id === id);
    if (same) return same[0];
    return id !== undefined || name !== '' ? this.#calls.size : this.#last;
  }
}

const idOf = (id: unknown): string | undefined =>
  (typeof id === 'string' && id.trim() !== '') || typeof id === 'number' ? String(id) : undefined;

function indexOf(given: unknown): number | undefined {
  const index = typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : given;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : undefined;
}

function argumentsOf(written: unknown): string {
  if (typeof written === 'string') return written;
  return written === undefined || written === null ? '' : JSON.stringify(written);
}
