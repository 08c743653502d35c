import type { SharedV3ProviderMetadata } from '@ai-sdk/provider';
import type { JsonRecord, JsonValue } from '@bulkhead/user-context';
import { FIELDS } from './given-reply.ts';
import { isRecord, recordsIn } from './mending/chunk-mender.ts';

const TEXTS = ['reasoning_content', 'reasoning'] as const;

/**
 * Collects what a server of chat completions streams of a message beyond the standard, under the names that it gave:
 * thoughts as `reasoning_content` (DeepSeek, vLLM), as `reasoning` (Groq), as `reasoning_details` (OpenRouter), or as
 * parts of the content (Mistral). Servers refuse each other's names.
 */
export class ReplyFields {
  readonly #texts: Partial<Record<(typeof TEXTS)[number], string>> = {};
  readonly #details: JsonRecord[] = [];
  #thoughts = '';
  #said = '';

  processChunk(chunk: unknown): void {
    const [choice] = isRecord(chunk) ? recordsIn(chunk['choices']) : [];
    const delta = choice?.['delta'];
    if (!isRecord(delta)) return;
    for (const name of TEXTS) {
      const text = delta[name];
      // Present and empty is something else than absent: DeepSeek wants the field back.
      if (typeof text === 'string') this.#texts[name] = (this.#texts[name] ?? '') + text;
    }
    for (const detail of recordsIn(delta['reasoning_details'])) this.#addDetail(detail);
    const { content } = delta;
    if (typeof content === 'string') this.#said += content;
    for (const part of Array.isArray(content) ? recordsIn(content) : []) {
      if (typeof part['text'] === 'string') this.#said += part['text'];
      for (const { text } of recordsIn(part['thinking']))
        if (typeof text === 'string') this.#thoughts += text;
    }
  }

  buildMetadata(): SharedV3ProviderMetadata {
    const thinking = [{ type: 'thinking', thinking: [{ type: 'text', text: this.#thoughts }] }];
    const said = this.#said.trim() === '' ? [] : [{ type: 'text', text: this.#said }];
    const fields: Record<string, JsonValue> = {
      ...this.#texts,
      ...(this.#details.length > 0 && { reasoning_details: this.#details }),
      ...(this.#thoughts !== '' && { content: [...thinking, ...said] }),
    };
    return { [FIELDS]: fields } as SharedV3ProviderMetadata;
  }

  /** Pieces of one detail become one again. */
  #addDetail(detail: JsonRecord): void {
    const last = this.#details.at(-1);
    const isNext =
      last &&
      last['type'] === detail['type'] &&
      last['index'] !== undefined &&
      last['index'] === detail['index'];
    if (!isNext) return void this.#details.push(detail);
    const joined = ['text', 'summary', 'data'].flatMap((name) => {
      const [before, more] = [last[name], detail[name]];
      return typeof before === 'string' && typeof more === 'string' ? [[name, before + more] as const] : [];
    });
    const filled = Object.entries(detail).filter(([, value]) => value !== null);
    this.#details[this.#details.length - 1] = {
      ...last,
      ...Object.fromEntries(filled),
      ...Object.fromEntries(joined),
    };
  }
}
