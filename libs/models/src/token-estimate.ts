import type { ModelPrompt } from './model.contract.ts';

const BYTES_PER_TOKEN = 4;

/** About how many tokens a text is: a quarter of its bytes in UTF-8, which errs on the high side for most languages. */
export const estimateTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);

/** The same for a whole prompt and the tools on offer. */
export const estimatePrompt = (prompt: ModelPrompt, tools: readonly unknown[] = []): number =>
  estimateTokens(JSON.stringify(prompt)) + (tools.length > 0 ? estimateTokens(JSON.stringify(tools)) : 0);
