import type { JsonRecord, JsonValue } from '@bulkhead/user-context';

/** What names a tool call in a conversation. */
interface NamedCall {
  /** Unique within its conversation. */
  readonly id: string;
  /** The provider's own id, where `id` is ours. Sent back to the model that gave it, as far as it can be. */
  readonly providerId?: string;
  /** As the model wrote it: it need not be a name that a provider accepts. */
  readonly name: string;
}

/** A tool call whose arguments are a JSON object. They are not checked against the tool's schema yet. */
export interface ReadableToolCall extends NamedCall {
  readonly arguments: JsonRecord;
}

/** A tool call whose arguments are not a JSON object. It must be answered with an error, never executed. */
export interface UnreadableToolCall extends NamedCall {
  /** What the model wrote. */
  readonly invalidArguments: string;
}

/** A tool call of a model. In a `ModelReply`, `id` is the provider's, which need not even be unique. */
export type ToolCall = ReadableToolCall | UnreadableToolCall;

/** Data of a provider on a part of its reply, by the provider: signatures of thoughts, for example. */
export type PartMetadata = Readonly<Record<string, JsonRecord>>;

/** A part of a reply as the model gave it; a call by its place in `toolCalls`. */
export type GivenPart =
  | { readonly type: 'text' | 'reasoning'; readonly text: string; readonly metadata?: PartMetadata }
  | { readonly type: 'call'; readonly index: number; readonly metadata?: PartMetadata };

/**
 * The parts of a reply with tool calls that its model wants back with the results. No other model is sent them: it
 * could neither check nor read them.
 */
export interface GivenReply {
  /** The model, as `provider:model`. */
  readonly by: string;
  /** In the model's order; absent when the text and the calls are all there is. */
  readonly parts?: readonly GivenPart[];
  /** Fields of the whole message beyond the standard, for chat completions. */
  readonly fields?: JsonRecord;
}

/**
 * One message of a conversation; plain JSON, so it can be stored.
 *
 * Providers have no error flag on a tool result: an error's `result` must say that it is one.
 */
export type ChatMessage =
  | { readonly role: 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      /** Absent for what no model gave, and for answers without tool calls. */
      readonly given?: GivenReply;
    }
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
