import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ModelFailedError, ModelGaveNoAnswerError } from '@bulkhead/models';
import { modelsAt, ProviderServer } from '@bulkhead/models/testing';
import { faultOf } from './model-fault.ts';
import { runAgent } from '../testing/index.ts';

const agent = { name: 'assistant', description: 'Answers.', instructions: 'Be brief.', tools: [] };

describe('the log of a model call that failed', () => {
  it("has the provider's status and nothing that was said", async () => {
    const warned = jest.spyOn(Logger.prototype as { warn: (line: unknown, text: string) => void }, 'warn');
    const server = new ProviderServer('openai', { contextTokens: 10 });
    try {
      server.will({ does: 'answer', answer: { texts: ['Hello'] } });
      const models = { ...modelsAt('openai', await server.listen()), patience: { retries: 0 } };
      const { run } = await runAgent(agent, 'my private words '.repeat(50), { models });
      expect(run).toMatchObject({ state: 'failed', error: { code: 'model_context_too_long', status: 400 } });
      const [line] = warned.mock.calls.find(([, text]) => text === 'A model call failed.') ?? [];
      expect(line).toMatchObject({
        runId: run.runId,
        code: 'model_context_too_long',
        providerStatus: 400,
        providerCode: 'context_length_exceeded',
        providerType: 'invalid_request_error',
      });
      expect(JSON.stringify(warned.mock.calls)).not.toMatch(/private|sk-fake/);
    } finally {
      warned.mockRestore();
      await server.close();
    }
  });

  it('has the error itself only when it is none of a provider', () => {
    const own = new TypeError('A defect.');
    expect(faultOf(own)).toEqual({ err: own });
    expect(faultOf(new ModelGaveNoAnswerError('m', 'length'))).toEqual({
      code: 'model_gave_no_answer',
      reason: 'length',
    });
    expect(faultOf(new ModelFailedError('m', new Error('secret')))).not.toHaveProperty('err');
  });
});
