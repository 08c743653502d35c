import type { Sabotage } from './sabotage.ts';

const given = { spec: 'libs/models/src/given-reply.spec.ts' };

/** Of what models are told, and what is told about them. */
export const modelSabotages: readonly Sabotage[] = [
  {
    name: 'thoughts that go to another provider',
    breaks: 'only the model that made them is sent its thoughts and signatures',
    places: [
      {
        file: 'libs/models/src/given-reply.ts',
        find: 'to && given?.by === addressOf(to) ? given : undefined',
        replace: 'given',
      },
    ],
    guard: given,
  },
  {
    name: 'call ids that are sent as they are ours',
    breaks: 'a model is sent the id that it gave',
    places: [
      {
        file: 'libs/models/src/sent-calls.ts',
        find: 'const own = call.providerId ?? call.id;',
        replace: 'const own = call.id;',
      },
    ],
    guard: given,
  },
  {
    name: 'results that stray from their calls',
    breaks: 'every call is followed by its one result',
    places: [
      {
        file: 'libs/models/src/conversation-order.ts',
        find: "result ?? { role: 'tool' as const, result: NO_RESULT, isError: true }",
        replace: 'result',
      },
      {
        file: 'libs/models/src/conversation-order.ts',
        find: 'ordered.push({ ...answered, toolCallId: id, toolName: name });',
        replace: 'if (answered) ordered.push({ ...answered, toolCallId: id, toolName: name });',
      },
    ],
    guard: { spec: 'libs/models/src/conversation.property.spec.ts' },
  },
  {
    name: "provider's words in the log",
    breaks: 'the log has no content and no key of a failed call',
    places: [
      {
        file: 'libs/models/src/provider-failure.ts',
        find: 'const CODE = /^(?:[A-Za-z][A-Za-z0-9_.]{0,63}|\\d{1,6})$/;',
        replace: 'const CODE = /./;',
      },
    ],
    guard: { spec: 'libs/models/src/provider-failure.spec.ts' },
  },
  {
    name: 'silence that passes for an answer',
    breaks: 'a model that says nothing has not answered',
    places: [
      {
        file: 'libs/execution/src/runs/answer-end.ts',
        find: "if (text.trim() !== '') return end;",
        replace: 'return end;',
      },
    ],
    guard: { spec: 'libs/execution/src/conversation/conversation-dialects.spec.ts' },
  },
];
