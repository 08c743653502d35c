import { ProblemError, toProblem } from './problem.error.ts';

const problem = {
  type: 'urn:bulkhead:problem:not_found',
  title: 'Not found',
  status: 404,
  code: 'not_found',
  detail: 'There is no such thread.',
  requestId: 'r',
};

describe('toProblem', () => {
  it('keeps what the server says, extra members too', () => {
    expect(toProblem(problem, 404)).toBe(problem);
  });

  it.each([undefined, null, 'text', {}, { code: 'x' }, { code: 'x', status: '404', detail: 'y' }])(
    'makes a problem of an answer that is none: %j',
    (body) => {
      expect(toProblem(body, 502)).toMatchObject({ code: 'unexpected_answer', status: 502 });
    },
  );
});

describe('ProblemError', () => {
  it('says what the server said', () => {
    expect(new ProblemError(problem)).toMatchObject({
      name: 'ProblemError',
      message: 'There is no such thread.',
      code: 'not_found',
      status: 404,
    });
  });
});
