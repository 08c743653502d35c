import type { JsonValue } from '@bulkhead/user-context';
import type { JSONValue } from '@ai-sdk/provider';
import type { ChatMessage, ToolCall, ToolOffer } from './chat-message.ts';
import type { ModelPrompt, ModelPromptMessage, ModelTool } from './model.contract.ts';

/** Our messages in the providers' shape. Blank instructions are left out. */
export function toPrompt(instructions: string, messages: readonly ChatMessage[]): ModelPrompt {
  const conversation = messages.map(toPromptMessage);
  return instructions.trim() === ''
    ? conversation
    : [{ role: 'system', content: instructions }, ...conversation];
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

function toPromptMessage(message: ChatMessage): ModelPromptMessage {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: [{ type: 'text', text: message.text }] };
    case 'assistant':
      return {
        role: 'assistant',
        content: [
          ...(message.text === '' ? [] : [{ type: 'text' as const, text: message.text }]),
          ...message.toolCalls.map(toToolCallPart),
        ],
      };
    case 'tool':
      return {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: message.toolCallId,
            toolName: message.toolName,
            output: toOutput(message.result, message.isError),
          },
        ],
      };
  }
}

const toToolCallPart = (call: ToolCall) => ({
  type: 'tool-call' as const,
  toolCallId: call.id,
  toolName: call.name,
  // Servers with chat templates fail on a history whose arguments are not an object.
  input: 'arguments' in call ? call.arguments : {},
});

function toOutput(result: JsonValue, isError: boolean) {
  if (typeof result === 'string') {
    return { type: isError ? ('error-text' as const) : ('text' as const), value: result };
  }
  return { type: isError ? ('error-json' as const) : ('json' as const), value: result as JSONValue };
}
