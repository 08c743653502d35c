import { finishReasonOf, type FinishReason } from './answer-end.ts';
import type { ChatMessage, GivenReply, ToolCall, ToolOffer } from './chat-message.ts';
import { inOrder } from './conversation-order.ts';
import { GivenParts } from './given-reply.ts';
import { protocolOf } from './model-address.ts';
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
  readonly finishReason: FinishReason;
  /** Present with tool calls: to be sent back with their results. */
  readonly given?: GivenReply;
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
  const given = new GivenParts(model);
  const tools = toModelTools(call.tools);
  // The offline model takes any order, and answers silence as such.
  const messages = protocolOf(model) === 'offline' ? call.messages : inOrder(call.messages);
  const prompt = toPrompt(call.instructions, messages, model);
  const usage = (): CallUsage =>
    usageOf(finish, {
      input: () => estimatePrompt(prompt, tools),
      output: () => writtenTokens(text, toolCalls),
    });
  try {
    const parts = openParts(model, { prompt, abortSignal: signal, ...(tools.length > 0 && { tools }) });
    for await (const part of parts) {
      if (part.type === 'tool-call' && part.providerExecuted === true) continue;
      given.add(part);
      if (part.type === 'text-delta' && part.delta !== '') {
        text += part.delta;
        await call.onText(part.delta);
      } else if (part.type === 'tool-call') {
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
    const finishReason = finishReasonOf(finish);
    // Some providers' code ends a broken stream as if it were complete, but can give no reason for its end.
    if (finishReason === undefined) {
      throw ModelFailedError.of(model.modelId, new Error('The stream ended before the answer was complete.'));
    }
    const wanted = given.get();
    return {
      text,
      toolCalls: finishReason === 'stop' || finishReason === 'tool-calls' ? toolCalls : cutOff(toolCalls),
      usage: usage(),
      finishReason,
      ...(wanted && { given: wanted }),
    };
  } catch (error) {
    call.onFailedUsage?.(usage());
    throw error;
  }
}

/** An answer that was cut off may have ended before the arguments began: then they are not "none". */
function cutOff(calls: readonly ToolCall[]): ToolCall[] {
  return calls.map((call, index) => {
    if (index < calls.length - 1 || !('arguments' in call) || Object.keys(call.arguments).length > 0)
      return call;
    const { arguments: _none, ...named } = call;
    return { ...named, invalidArguments: '' };
  });
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
