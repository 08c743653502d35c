/** How servers say that they don't know a field. */
const REFUSAL = /extra_forbidden|not permitted|unknown|unrecognized|unsupported|not supported/i;

/**
 * `fetch` that takes back the wish for usage figures (`stream_options`) where a server refuses it, and doesn't utter it
 * again. Mistral's service does (422), and sends the figures unasked.
 */
export function withoutRefusedUsage(send: typeof fetch): typeof fetch {
  let isRefused = false;
  return async (input, init) => {
    const body = typeof init?.body === 'string' ? init.body : '';
    if (!body.includes('"stream_options"')) return send(input, init);
    if (!isRefused) {
      const response = await send(input, init);
      if (response.status !== 400 && response.status !== 422) return response;
      const text = await response.text();
      isRefused = text.includes('stream_options') && REFUSAL.test(text);
      const { status, statusText, headers } = response;
      if (!isRefused) return new Response(text, { status, statusText, headers });
    }
    const { stream_options: _, ...rest } = JSON.parse(body) as Record<string, unknown>;
    return send(input, { ...init, body: JSON.stringify(rest) });
  };
}
