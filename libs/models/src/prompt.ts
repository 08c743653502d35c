import type { JSONValue } from '@ai-sdk/provider';
import type { JsonValue } from '@bulkhead/user-context';
import type { ChatMessage, GivenPart, PartMetadata, ToolCall, ToolOffer } from './chat-message.ts';
import { givenFor } from './given-reply.ts';
import type { ModelAddress } from './model-address.ts';
import type { ModelPrompt, ModelPromptMessage, ModelTool } from './model.contract.ts';
import { SentCalls } from './sent-calls.ts';
import { wellFormed } from './well-formed.ts';

type AssistantMessage = Extract<ModelPromptMessage, { role: 'assistant' }>;
type ToolMessage = Extract<ModelPromptMessage, { role: 'tool' }>;
type ChatOf<Role extends ChatMessage['role']> = Extract<ChatMessage, { role: Role }>;

/**
 * Our messages in the providers' shape. Blank instructions are left out.
 * @param to the model that is asked; absent: none in particular
 */
export function toPrompt(
  instructions: string,
  messages: readonly ChatMessage[],
  to?: ModelAddress,
): ModelPrompt {
  const sent = new SentCalls(to);
  const given = givenFor(messages, to);
  const prompt: ModelPrompt = [];
  if (instructions.trim() !== '') prompt.push({ role: 'system', content: instructions.toWellFormed() });
  for (const message of messages) {
    const last = prompt.at(-1);
    if (message.role === 'user') {
      prompt.push({ role: 'user', content: [{ type: 'text', text: message.text.toWellFormed() }] });
    } else if (message.role === 'assistant') {
      prompt.push(toAssistant(message, sent, given(message)));
    } else if (last?.role === 'tool') {
      // Google wants the results of one reply in one message.
      last.content.push(toResult(message, sent));
    } else {
      prompt.push({ role: 'tool', content: [toResult(message, sent)] });
    }
  }
  return prompt;
}

/** Our tool offers in the providers' shape. OpenAI refuses a schema of an object without properties. */
export function toModelTools(tools: readonly ToolOffer[]): ModelTool[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    name,
    description,
    inputSchema: { properties: {}, ...parameters },
  }));
}

function toAssistant(
  message: ChatOf<'assistant'>,
  sent: SentCalls,
  { parts, fields }: ReturnType<ReturnType<typeof givenFor>>,
): AssistantMessage {
  const content = parts.flatMap((part): AssistantMessage['content'] => {
    if (part.type === 'call') return [toCall(message.toolCalls[part.index]!, message, sent, part)];
    const text = part.text.toWellFormed();
    // Empty thoughts may be signed all the same; no provider takes an empty text.
    return part.type === 'text' && text.trim() === ''
      ? []
      : [{ type: part.type, text, ...optionsOf(part.metadata) }];
  });
  return { role: 'assistant', content, ...(fields && optionsOf({ openaiCompatible: fields })) };
}

function toCall(
  call: ToolCall,
  { given }: ChatOf<'assistant'>,
  sent: SentCalls,
  { metadata }: Pick<GivenPart, 'metadata'>,
) {
  const { id, name } = sent.add(call, given);
  return {
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: name,
    // Servers with chat templates fail on a history whose arguments are not an object.
    input: 'arguments' in call ? wellFormed(call.arguments) : {},
    ...optionsOf(metadata),
  };
}

const optionsOf = (metadata: PartMetadata | undefined) =>
  metadata && { providerOptions: wellFormed(metadata) as Record<string, Record<string, JSONValue>> };

function toResult(
  { toolCallId, toolName, result, isError }: ChatOf<'tool'>,
  sent: SentCalls,
): ToolMessage['content'][number] {
  const { id, name } = sent.of(toolCallId, toolName);
  const output = toOutput(wellFormed(result), isError);
  return { type: 'tool-result', toolCallId: id, toolName: name, output };
}

function toOutput(result: JsonValue, isError: boolean) {
  if (typeof result === 'string') {
    const value = result.trim() === '' ? '(nothing)' : result;
    return { type: isError ? ('error-text' as const) : ('text' as const), value };
  }
  return { type: isError ? ('error-json' as const) : ('json' as const), value: result as JSONValue };
}
