import type { ChatMessage, ToolCall, ToolOffer } from './chat-message.ts';
import type { LanguageModel, ModelStreamPart } from './model.contract.ts';
import { openParts } from './model-parts.ts';
import { ModelFailedError } from './models.errors.ts';
import { toModelTools, toPrompt } from './prompt.ts';
import { readToolCall } from './tool-call.ts';

export interface ModelCall {
  /** The system prompt; blank for none. */
  readonly instructions: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolOffer[];
  /** Ends the call at once, also when the provider ignores it. */
  readonly signal: AbortSignal;
  /**
   * Gets each non-empty piece of text in order; the next one waits until this is done, and so does an abort.
   * What it throws ends the call unchanged.
   */
  readonly onText: (delta: string) => void | Promise<void>;
}

/** A model's whole answer; plain JSON. */
export interface ModelReply {
  /** Exactly what `onText` got, joined. */
  readonly text: string;
  /** In the model's order; empty when it is done. */
  readonly toolCalls: readonly ToolCall[];
  /** In tokens; zero where the provider doesn't tell. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  readonly finishReason: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'other';
}

/**
 * Asks the model once, without retries.
 * @throws ModelFailedError when the provider fails or its answer is incomplete
 * @throws the signal's reason when it is aborted
 */
export async function callModel(model: LanguageModel, call: ModelCall): Promise<ModelReply> {
  const { signal } = call;
  signal.throwIfAborted();
  let text = '';
  let finish: Extract<ModelStreamPart, { type: 'finish' }> | undefined;
  const toolCalls: ToolCall[] = [];
  const parts = openParts(model, {
    prompt: toPrompt(call.instructions, call.messages),
    abortSignal: signal,
    ...(call.tools.length > 0 && { tools: toModelTools(call.tools) }),
  });
  for await (const part of parts) {
    if (part.type === 'text-delta' && part.delta !== '') {
      text += part.delta;
      await call.onText(part.delta);
    } else if (part.type === 'tool-call' && part.providerExecuted !== true) {
      toolCalls.push(readToolCall(part.toolCallId, part.toolName, part.input));
    } else if (part.type === 'error') {
      signal.throwIfAborted();
      throw new ModelFailedError(model.modelId, part.error);
    } else if (part.type === 'finish') {
      finish = part;
    }
  }
  // Aborting closes the stream, which looks like its end.
  signal.throwIfAborted();
  const finishReason = finish?.finishReason.unified;
  if (!finish || !finishReason || finishReason === 'error') {
    throw new ModelFailedError(model.modelId, new Error('The stream ended before the answer was complete.'));
  }
  const { inputTokens, outputTokens } = finish.usage;
  return {
    text,
    toolCalls,
    usage: { inputTokens: inputTokens.total ?? 0, outputTokens: outputTokens.total ?? 0 },
    finishReason,
  };
}
