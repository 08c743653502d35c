import type { JsonRecord, JsonValue } from '@bulkhead/user-context';

/** A tool call whose arguments are a JSON object. They are not checked against the tool's schema yet. */
export interface ReadableToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonRecord;
}

/** A tool call whose arguments are not a JSON object. It must be answered with an error, never executed. */
export interface UnreadableToolCall {
  readonly id: string;
  readonly name: string;
  /** What the model wrote. */
  readonly invalidArguments: string;
}

/** What the model asks for. `id` is the provider's: unique within its conversation, not beyond. */
export type ToolCall = ReadableToolCall | UnreadableToolCall;

/**
 * One message of a conversation; plain JSON, so it can be stored.
 *
 * Providers have no error flag on a tool result: an error's `result` must say that it is one.
 */
export type ChatMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | {
      readonly role: 'tool';
      /** The `id` of the call that this answers. */
      readonly toolCallId: string;
      readonly toolName: string;
      readonly result: JsonValue;
      readonly isError: boolean;
    };

/** A tool that the model may ask for. */
export interface ToolOffer {
  readonly name: string;
  /** For the model: what it does and when to use it. */
  readonly description: string;
  /** JSON Schema (draft 7) of the arguments, an object. */
  readonly parameters: JsonRecord;
}
