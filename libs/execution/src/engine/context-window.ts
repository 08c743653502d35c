import { estimateTokens, type ChatMessage } from '@bulkhead/models';

const LEFT_OUT = 'Left out, because the conversation became too long. Call the tool again if you need it.';

/**
 * What a model is told: the conversation, and what the run has done since, within a budget of tokens. When it gets too
 * much, the conversation's oldest messages go first, then what the oldest tools answered. The message that the run
 * answers and the newest results always stay, and a tool call is never without its answer: providers refuse that.
 */
export class ContextWindow {
  #conversation: readonly ChatMessage[];
  readonly #rounds: (readonly ChatMessage[])[] = [];
  #tokens: number;

  constructor(
    conversation: readonly ChatMessage[],
    private readonly maxTokens: number,
  ) {
    this.#conversation = conversation;
    this.#tokens = conversation.reduce((sum, message) => sum + tokensOf(message), 0);
  }

  get messages(): readonly ChatMessage[] {
    return [...this.#conversation, ...this.#rounds.flat()];
  }

  /** @param round a reply with its tool calls, and their answers */
  add(round: readonly ChatMessage[]): void {
    this.#rounds.push(round);
    this.#tokens += round.reduce((sum, message) => sum + tokensOf(message), 0);
    while (this.#tokens > this.maxTokens && this.#conversation.length > 1) this.#forgetOldest();
    for (let index = 0; this.#tokens > this.maxTokens && index < this.#rounds.length - 1; index++) {
      this.#rounds[index] = this.#rounds[index]!.map((message) => this.#shorten(message));
    }
  }

  /** A question with its answer: no provider takes a conversation that begins with an answer. */
  #forgetOldest(): void {
    const next = this.#conversation.findIndex(({ role }, index) => index > 0 && role === 'user');
    const forgotten = this.#conversation.slice(0, next);
    this.#conversation = this.#conversation.slice(next);
    this.#tokens -= forgotten.reduce((sum, message) => sum + tokensOf(message), 0);
  }

  #shorten(message: ChatMessage): ChatMessage {
    if (message.role !== 'tool') return message;
    const shorter = { ...message, result: LEFT_OUT };
    const saved = tokensOf(message) - tokensOf(shorter);
    if (saved <= 0) return message;
    this.#tokens -= saved;
    return shorter;
  }
}

function tokensOf(message: ChatMessage): number {
  if (message.role === 'tool') return estimateTokens(JSON.stringify(message.result));
  if (message.role === 'user' || message.toolCalls.length === 0) return estimateTokens(message.text);
  const { text, toolCalls, given = {} } = message;
  return (
    estimateTokens(text) + estimateTokens(JSON.stringify(toolCalls)) + estimateTokens(JSON.stringify(given))
  );
}
