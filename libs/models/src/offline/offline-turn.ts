import type { JSONValue } from '@ai-sdk/provider';
import type { ModelPrompt } from '../model.contract.ts';

/** What a tool answered. */
export interface ToolOutcome {
  readonly toolName: string;
  readonly value: JSONValue;
  readonly isError: boolean;
}

/** The last user message and what happened since. */
export interface Turn {
  readonly userText: string;
  /** Names of the tools asked for since. */
  readonly asked: ReadonlySet<string>;
  readonly outcomes: readonly ToolOutcome[];
}

export function readTurn(prompt: ModelPrompt): Turn {
  const start = prompt.findLastIndex(({ role }) => role === 'user');
  const userText = textsOf(prompt.slice(Math.max(start, 0), start + 1)).join('\n');
  const asked = new Set<string>();
  const outcomes: ToolOutcome[] = [];
  for (const part of partsOf(prompt.slice(start + 1))) {
    if (part.type === 'tool-call') asked.add(part.toolName);
    if (part.type !== 'tool-result') continue;
    const { output } = part;
    outcomes.push({
      toolName: part.toolName,
      value: output.type === 'execution-denied' ? (output.reason ?? 'It was not allowed.') : output.value,
      isError: !['text', 'json', 'content'].includes(output.type),
    });
  }
  return { userText, asked, outcomes };
}

/** Every text of the prompt, the instructions too. */
export function textsOf(prompt: ModelPrompt): string[] {
  const instructions = prompt.flatMap((message) => (message.role === 'system' ? [message.content] : []));
  return [...instructions, ...partsOf(prompt).flatMap((part) => (part.type === 'text' ? [part.text] : []))];
}

const partsOf = (prompt: ModelPrompt) =>
  prompt.flatMap((message) => (message.role === 'system' ? [] : [...message.content]));
