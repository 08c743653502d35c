import { checking, type ProviderDialect, type ServiceRefusal, type DialectRule } from './dialect.contract.ts';
import { googleFrames, isOwnSignature, type GoogleBody, type GoogleContent } from './google-wire.ts';
import { findBadSchemas } from './google-schema.ts';

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};
const bodyOf = (message: string, code: number, details: readonly object[] = []): object => ({
  error: { code, message, status: statuses[code] ?? 'UNKNOWN', ...(details.length > 0 && { details }) },
});
const refuse = (message: string, status = 400, details: readonly object[] = []): ServiceRefusal => ({
  status,
  body: bodyOf(message, status, details),
});

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;
/** Documented: calls that no Gemini made, or whose signature is lost, are passed with this. */
const SKIP = 'skip_thought_signature_validator';

const partsOf = (content: GoogleContent | undefined) => content?.parts ?? [];
const callsOf = (content: GoogleContent | undefined) =>
  partsOf(content).flatMap((part) => part.functionCall ?? []);
const responsesOf = (content: GoogleContent | undefined) =>
  partsOf(content).flatMap((part) => part.functionResponse ?? []);

const filled: DialectRule<GoogleBody> = ({ contents = [] }) => {
  const at = (place: string, rule: string) => refuse(`* GenerateContentRequest.${place}: ${rule}\n`);
  if (contents.length === 0) return at('contents', 'contents is not specified');
  for (const [c, content] of contents.entries()) {
    const parts = partsOf(content);
    if (parts.length === 0) return at(`contents[${c}].parts`, 'contents.parts must not be empty.');
    const empty = parts.findIndex((part) => !part.text && !part.functionCall && !part.functionResponse);
    const rule = "required oneof field 'data' must have one initialized field";
    if (empty >= 0) return at(`contents[${c}].parts[${empty}].data`, rule);
    const nameless = parts.findIndex((part) => (part.functionCall ?? part.functionResponse)?.name === '');
    if (nameless >= 0) return at(`contents[${c}].parts[${nameless}].name`, 'Name cannot be empty.');
  }
  const isKnown = contents.every(({ role }) => role === 'user' || role === 'model');
  return isKnown ? undefined : refuse('Please use a valid role: user, model.');
};

const turns: DialectRule<GoogleBody> = ({ contents = [] }) => {
  for (const [index, content] of contents.entries()) {
    const [calls, asked] = [callsOf(content), callsOf(contents[index - 1])];
    if (calls.length > 0 && contents[index - 1]?.role !== 'user') {
      return refuse(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      );
    }
    if (responsesOf(content).length > 0 && asked.length === 0) {
      return refuse(
        'Please ensure that function response turn comes immediately after a function call turn.',
      );
    }
    if (asked.length !== responsesOf(content).length) {
      return refuse(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      );
    }
  }
  const open = callsOf(contents.at(-1)).length > 0;
  return open
    ? refuse('Please ensure that single turn requests end with a user role or the role field is empty.')
    : undefined;
};

/** Of the current turn: after the newest message of the user. The first call of each step carries a signature. */
const signed: DialectRule<GoogleBody> = ({ contents = [] }) => {
  const begin = contents.findLastIndex(
    (content) => content.role === 'user' && responsesOf(content).length === 0,
  );
  for (const [index, content] of contents.entries()) {
    const first = partsOf(content).find((part) => part.functionCall);
    if (!first?.functionCall) continue;
    const { name } = first.functionCall;
    const { thoughtSignature: signature } = first;
    if (signature === undefined && index > begin) {
      const more = `Additional data, function call \`default_api:${name}\`, position ${index + 1}.`;
      return refuse(
        `Function call is missing a thought_signature in functionCall parts. ${more} Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
      );
    }
    if (signature !== undefined && signature !== SKIP && !isOwnSignature(signature)) {
      return refuse('Corrupted thought signature.');
    }
  }
  return undefined;
};

const functions: DialectRule<GoogleBody> = ({ tools = [] }) => {
  for (const [t, { functionDeclarations: declared = [] }] of tools.entries()) {
    for (const [f, { name, parameters }] of declared.entries()) {
      const at = `tools[${t}].function_declarations[${f}]`;
      const rule =
        'Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:) or dashes (-), with a maximum length of 64.';
      if (!NAME.test(name))
        return refuse(`* GenerateContentRequest.${at}.name: Invalid function name. ${rule}\n`);
      const bad = findBadSchemas(parameters, `${at}.parameters`);
      if (bad.length === 0) continue;
      const fieldViolations = bad.map(({ field, description }) => ({ field, description }));
      const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }];
      return refuse(bad.map(({ description }) => description).join('\n'), 400, details);
    }
  }
  return undefined;
};

/**
 * Gemini 3 by its own API. Rules by its reference (Content, Schema, Function calling, Thought signatures) and by what
 * it answered in google-gemini/gemini-cli#4217 and GoogleCloudPlatform/generative-ai#368 (responses), vercel/ai#3775
 * and router-for-me/CLIProxyAPI#1292 (empty parts), kaitranntt/ccs#25 (names), nanbingxyz/5ire#42 (schemas) and
 * lbjlaq/Antigravity-Manager#139 (signatures).
 */
export const google: ProviderDialect = {
  provider: 'google',
  model: 'gemini-3-flash-preview',
  path: (model) => `/models/${model}:streamGenerateContent`,
  keyHeader: 'x-goog-api-key',
  keyPrefix: '',
  unauthorized: refuse(
    "Method doesn't allow unregistered callers. Please use API Key or other form of API consumer identity to call this API.",
    403,
  ),
  unknownModel: (model) =>
    refuse(
      `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
      404,
    ),
  tooLong: (tokens, limit) =>
    refuse(`The input token count (${tokens}) exceeds the maximum number of tokens allowed (${limit}).`),
  check: checking<GoogleBody>([filled, turns, signed, functions]),
  callId: (n) => `google-gives-none-${n}`,
  frames: googleFrames,
  failure: bodyOf,
};
