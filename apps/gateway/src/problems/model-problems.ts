import { entry } from './problem-entry.ts';

/** Problems with language models and their providers. */
export const modelProblems = {
  model_access_denied: entry(
    502,
    "The model's provider refused the server's API key.",
    'Tell the operator, who must check the key and its rights.',
  ),
  model_context_too_long: entry(
    400,
    'The conversation is longer than the model can take.',
    'Begin a new thread, or send less. The operator can lower `CONTEXT_TOKENS`.',
  ),
  model_failed: entry(
    503,
    'The language model did not answer as it should.',
    'Send the message again, or choose another model.',
  ),
  model_gave_no_answer: entry(
    502,
    'The language model ended without an answer: `reason` is `empty`, `length` (its token limit), `content_filter`, `malformed` (a tool call that its provider could not read) or `other`.',
    'Ask in other words, for less at once, or choose another model.',
  ),
  model_not_found: entry(
    502,
    "The model's provider does not know the model, or the address.",
    "Tell the operator, who must check the base URL and the model's name.",
  ),
  model_not_reached: entry(
    502,
    "Something else answers at the model provider's address, a web page for example.",
    'Tell the operator, who must check the base URL and what is in between.',
  ),
  model_quota_exhausted: entry(
    502,
    "The server's account at the model's provider is used up.",
    'Tell the operator.',
  ),
  model_refused_request: entry(
    502,
    "The model's provider refused what it was asked. The log has its status, code and type.",
    'Tell the operator; the same request would be refused again.',
  ),
  model_timeout: entry(
    503,
    "The model's provider did not answer in time, or stopped in the middle.",
    'Try again in a moment.',
  ),
  model_not_configured: entry(400, 'The server has no such model.', 'Ask whoever runs the server.'),
};
