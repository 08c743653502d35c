import type { ModelStreamPart } from './model.contract.ts';

/**
 * Why a model stopped. `length`: at a token limit, in the middle of what it wrote. `content-filter`: its provider
 * blocked the prompt or the answer. `malformed`: it tried to call a tool, and its provider could not read the call.
 * `other`: for a reason that its provider names and this server does not know.
 */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'malformed' | 'other';

type Finish = Extract<ModelStreamPart, { type: 'finish' }>;

/** Reasons that the SDKs do not know, as servers write them. Lower case, without separators. */
const known: Readonly<Record<string, FinishReason>> = {
  ...{
    eos: 'stop',
    eostoken: 'stop',
    endturn: 'stop',
    stopsequence: 'stop',
    endofturn: 'stop',
    stop: 'stop',
  },
  ...{
    maxtokens: 'length',
    maxlength: 'length',
    maxoutputtokens: 'length',
    tokenlimit: 'length',
    length: 'length',
  },
  ...{ safety: 'content-filter', refusal: 'content-filter', blocked: 'content-filter' },
  ...{ contentfilter: 'content-filter', contentfiltered: 'content-filter', modelarmor: 'content-filter' },
  ...{ tooluse: 'tool-calls', toolcall: 'tool-calls', toolcalls: 'tool-calls', functioncall: 'tool-calls' },
  ...{ malformedfunctioncall: 'malformed', unexpectedtoolcall: 'malformed', malformedresponse: 'malformed' },
};

/** @returns undefined when the stream ended without a reason: then it broke off */
export function finishReasonOf(finish: Finish | undefined): FinishReason | undefined {
  if (!finish) return undefined;
  const { unified, raw } = finish.finishReason;
  if (unified !== 'other' && unified !== 'error') return unified;
  if (raw === undefined) return blockReasonOf(finish) === undefined ? undefined : 'content-filter';
  if (unified === 'error' && raw === 'error') return undefined;
  return known[raw.toLowerCase().replaceAll(/[^a-z]/g, '')] ?? (unified === 'error' ? undefined : 'other');
}

/** Google tells why it blocked a prompt beside the answer that there is none of. */
function blockReasonOf({ providerMetadata }: Finish): unknown {
  const feedback = providerMetadata?.['google']?.['promptFeedback'];
  const reason = typeof feedback === 'object' && feedback !== null && 'blockReason' in feedback;
  return reason ? (feedback.blockReason ?? undefined) : undefined;
}
