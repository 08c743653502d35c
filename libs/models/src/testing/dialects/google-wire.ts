import { dataFrame, type AnswerFinish, type IdentifiedAnswer } from './dialect.contract.ts';

/** A request to Gemini, as far as rules look at it. */
export interface GoogleBody {
  readonly contents?: readonly GoogleContent[];
  readonly tools?: readonly { readonly functionDeclarations?: readonly GoogleFunction[] }[];
}

export interface GoogleContent {
  readonly role?: string;
  readonly parts?: readonly GooglePart[];
}

export interface GooglePart {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly name: string; readonly args?: unknown };
  readonly functionResponse?: { readonly name: string; readonly response?: unknown };
}

export interface GoogleFunction {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

const THOUGHT = 'a thought about ';

/** The signature of a call. It carries the model's thoughts, and says nothing about the call that it came with. */
export const thoughtSignatureOf = (name: string): string =>
  Buffer.from(`${THOUGHT}${name}`).toString('base64');

/** Whether a signature is one that the fake gave. */
export const isOwnSignature = (signature: string): boolean =>
  Buffer.from(signature, 'base64').toString().startsWith(THOUGHT);

const reasons: Readonly<Record<AnswerFinish, string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'content-filter': 'SAFETY',
};

/** The stream of an answer. The first call of each step is signed; one call comes whole in one part. */
export function googleFrames(answer: IdentifiedAnswer): string[] {
  const { reasoning, texts = [], toolCalls, usage } = answer;
  const chunk = (parts: readonly object[], more: object = {}): object => ({
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
    modelVersion: 'm',
  });
  const calls = toolCalls.map(({ name, arguments: args }, index) => ({
    functionCall: { name, args },
    ...(index === 0 && { thoughtSignature: thoughtSignatureOf(name) }),
  }));
  const told = usage && {
    usageMetadata: {
      promptTokenCount: usage.inputTokens,
      candidatesTokenCount: usage.outputTokens,
      totalTokenCount: usage.inputTokens + usage.outputTokens,
    },
  };
  const finishReason = reasons[answer.finish ?? 'stop'];
  return [
    ...(reasoning ? [chunk([{ text: reasoning, thought: true }])] : []),
    ...texts.map((text) => chunk([{ text }])),
    ...(calls.length > 0 ? [chunk(calls)] : []),
    { ...chunk([{ text: '' }], { finishReason }), ...told },
  ].map(dataFrame);
}
