import { createHash } from 'node:crypto';
import type { GivenReply, ToolCall } from './chat-message.ts';
import { addressOf, isMistral, protocolOf, type ModelAddress } from './model-address.ts';
import { acceptableName } from './tool-name.ts';

/** Accepted by every provider that lets callers choose ids. Source: Anthropic's pattern, and OpenAI's greatest length. */
const ACCEPTABLE = /^[a-zA-Z0-9_-]{1,40}$/;
/** Servers that speak chat completions take back what they gave, also ids that carry data. */
const GIVEN = /^[\x21-\x7e]{1,16384}$/;
/** Source: Mistral's API and chat templates: nine letters and digits. */
const NINE = /^[a-zA-Z0-9]{9}$/;
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A call as a model is sent it. */
export interface SentCall {
  readonly id: string;
  readonly name: string;
}

/**
 * The ids and names of a conversation's tool calls as a model is sent them. An id is the model's own. Where it gave
 * none, one twice, or one that can't be sent, or another model made the call, it is nine letters and digits, which every
 * provider accepts. The same conversation always has the same ids.
 */
export class SentCalls {
  readonly #used = new Set<string>();
  readonly #byCall = new Map<string, SentCall>();

  constructor(private readonly to: ModelAddress | undefined) {}

  add(call: ToolCall, given: GivenReply | undefined): SentCall {
    const own = call.providerId ?? call.id;
    const id = this.#accepts(own, given) && !this.#used.has(own) ? own : this.#made(call.id);
    this.#used.add(id);
    const isOwn = this.to !== undefined && given?.by === addressOf(this.to);
    const sent = { id, name: acceptableName(call.name, isOwn ? protocolOf(this.to) : undefined) };
    this.#byCall.set(call.id, sent);
    return sent;
  }

  /** The call that a result answers. */
  of(callId: string, name: string): SentCall {
    const id = ACCEPTABLE.test(callId) ? callId : this.#made(callId);
    return this.#byCall.get(callId) ?? { id, name: acceptableName(name) };
  }

  #accepts(id: string, given: GivenReply | undefined): boolean {
    if (!this.to) return ACCEPTABLE.test(id);
    if (isMistral(this.to)) return NINE.test(id);
    if (given && given.by !== addressOf(this.to)) return NINE.test(id);
    return (given && protocolOf(this.to) === 'openai-compatible' ? GIVEN : ACCEPTABLE).test(id);
  }

  #made(callId: string): string {
    for (let attempt = 0; ; attempt++) {
      const bytes = createHash('sha256').update(`${attempt}:${callId}`).digest();
      const id = Array.from(bytes.subarray(0, 9), (byte) => LETTERS[byte % LETTERS.length]).join('');
      if (!this.#used.has(id)) return id;
    }
  }
}
