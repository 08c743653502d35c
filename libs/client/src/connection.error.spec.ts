import { noAnswerFrom } from './connection.error.ts';

const page = (origin: string): void => {
  Object.defineProperty(globalThis, 'location', { value: { origin }, configurable: true });
};

afterEach(() => Reflect.deleteProperty(globalThis, 'location'));

describe('a server that does not answer', () => {
  it('is named outside a browser, and to a page of its own', () => {
    expect(noAnswerFrom('http://127.0.0.1:3000')).toBe('No server answers at http://127.0.0.1:3000.');
    page('http://127.0.0.1:3000');
    expect(noAnswerFrom('http://127.0.0.1:3000/chat')).not.toContain('ALLOWED_ORIGINS');
  });

  it('may also have refused a page of another origin, which the page is told', () => {
    page('https://chat.example.org');
    expect(noAnswerFrom('http://127.0.0.1:3000')).toMatch(/https:\/\/chat\.example\.org.*ALLOWED_ORIGINS/);
  });
});
