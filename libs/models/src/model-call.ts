import type { ChatMessage, ToolCall, ToolOffer } from './chat-message.ts';
import type { LanguageModel, ModelStreamPart } from './model.contract.ts';
import { openParts } from './model-parts.ts';
import { ModelFailedError } from './models.errors.ts';
import { toModelTools, toPrompt } from './prompt.ts';
import { estimatePrompt, estimateTokens } from './token-estimate.ts';
import { readToolCall } from './tool-call.ts';

/** What a call used, in tokens. */
export interface CallUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The provider didn't tell, or not everything: what is missing was estimated. */
  readonly isEstimated: boolean;
}

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
  /** Gets what the call used when it does not end with a reply, as far as that is known. Called once, before the error. */
  readonly onFailedUsage?: (usage: CallUsage) => void;
}

/** A model's whole answer; plain JSON. */
export interface ModelReply {
  /** Exactly what `onText` got, joined. */
  readonly text: string;
  /** In the model's order; empty when it is done. */
  readonly toolCalls: readonly ToolCall[];
  readonly usage: CallUsage;
  readonly finishReason: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'other';
}

/** More than any model takes or gives in one call. */
const MAX_TOKENS = 10_000_000;

type Finish = Extract<ModelStreamPart, { type: 'finish' }>;

/**
 * Asks the model once.
 * @throws ModelFailedError when the provider fails or its answer is incomplete, ModelTimeoutError
 * @throws the signal's reason when it is aborted
 */
export async function callModel(model: LanguageModel, call: ModelCall): Promise<ModelReply> {
  const { signal } = call;
  signal.throwIfAborted();
  let text = '';
  let finish: Finish | undefined;
  const toolCalls: ToolCall[] = [];
  const tools = toModelTools(call.tools);
  const prompt = toPrompt(call.instructions, call.messages);
  const usage = (): CallUsage =>
    usageOf(finish, {
      input: () => estimatePrompt(prompt, tools),
      output: () => writtenTokens(text, toolCalls),
    });
  try {
    const parts = openParts(model, { prompt, abortSignal: signal, ...(tools.length > 0 && { tools }) });
    for await (const part of parts) {
      if (part.type === 'text-delta' && part.delta !== '') {
        text += part.delta;
        await call.onText(part.delta);
      } else if (part.type === 'tool-call' && part.providerExecuted !== true) {
        toolCalls.push(readToolCall(part.toolCallId, part.toolName, part.input));
      } else if (part.type === 'error') {
        signal.throwIfAborted();
        throw ModelFailedError.of(model.modelId, part.error);
      } else if (part.type === 'finish') {
        finish = part;
      }
    }
    // Aborting closes the stream, which looks like its end.
    signal.throwIfAborted();
    const { unified: finishReason, raw } = finish?.finishReason ?? { unified: 'error', raw: undefined };
    // Some providers' code ends a broken stream as if it were complete, but can give no reason for its end.
    if (finishReason === 'error' || (finishReason === 'other' && raw === undefined)) {
      throw new ModelFailedError(
        model.modelId,
        new Error('The stream ended before the answer was complete.'),
      );
    }
    return { text, toolCalls, usage: usage(), finishReason };
  } catch (error) {
    call.onFailedUsage?.(usage());
    throw error;
  }
}

function usageOf(
  finish: Finish | undefined,
  estimate: { input: () => number; output: () => number },
): CallUsage {
  const input = believable(finish?.usage.inputTokens.total);
  const output = believable(finish?.usage.outputTokens.total);
  return {
    inputTokens: input ?? estimate.input(),
    outputTokens: output ?? estimate.output(),
    isEstimated: input === undefined || output === undefined,
  };
}

/** A count as a provider tells it; what can't be one is as good as untold: it would be stored, priced and added up. */
const believable = (count = -1): number | undefined =>
  Number.isInteger(count) && count >= 0 && count <= MAX_TOKENS ? count : undefined;

const writtenTokens = (text: string, toolCalls: readonly ToolCall[]): number =>
  estimateTokens(text) + (toolCalls.length > 0 ? estimateTokens(JSON.stringify(toolCalls)) : 0);
