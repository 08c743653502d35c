import { isEmail } from 'class-validator';

/** Longest email, in characters. Source: RFC 5321, section 4.5.3.1.3, less the angle brackets. */
export const MAX_EMAIL_LENGTH = 254;
/** In characters (code points), after normalisation. */
export const MIN_PASSWORD_LENGTH = 10;
/** In characters (code points), after normalisation. */
export const MAX_PASSWORD_LENGTH = 128;
/** In characters (code points), without surrounding white space. */
export const MAX_DISPLAY_NAME_LENGTH = 80;

/** What a client can check before it sends: the longest texts, in characters, and the shortest password. */
export const accountLimits = {
  email: MAX_EMAIL_LENGTH,
  password: MAX_PASSWORD_LENGTH,
  passwordAtLeast: MIN_PASSWORD_LENGTH,
  displayName: MAX_DISPLAY_NAME_LENGTH,
} as const;

/**
 * Why a value can't be taken, as the end of a sentence that begins with the field; undefined when it can.
 * `input` is the whole input, for rules on two fields.
 */
export type Rule = (value: unknown, input: Readonly<Record<string, unknown>>) => string | undefined;

/** What it takes to be stored and shown as text: no control characters, NUL included, and no half characters. */
const isPlainText = (value: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(value);
const lengthOf = (value: string): number => [...value].length;
const fold = (value: unknown): string => (typeof value === 'string' ? tidy(value).toLowerCase() : '');

/** Free of surrounding white space. */
export const tidy = (value: string): string => value.trim();

/** One spelling for what looks the same, whatever keyboard it was typed on. Source: NIST SP 800-63B, 5.1.1.2. */
export const normalisePassword = (password: string): string => password.normalize('NFKC');

const email: Rule = (value) => {
  const isOne =
    typeof value === 'string' &&
    tidy(value).length <= MAX_EMAIL_LENGTH &&
    isPlainText(tidy(value)) &&
    isEmail(tidy(value));
  return isOne ? undefined : `must be an email address of at most ${MAX_EMAIL_LENGTH} characters`;
};

const presentedPassword: Rule = (value) => {
  if (typeof value !== 'string' || value === '') return 'must be given';
  // In two steps: nobody makes the server normalise a megabyte, and normalising may lengthen.
  const isLong = value.length > 4 * MAX_PASSWORD_LENGTH || passwordLength(value) > MAX_PASSWORD_LENGTH;
  return isLong ? `must have at most ${MAX_PASSWORD_LENGTH} characters` : undefined;
};

const newPassword: Rule = (value, input) => {
  const refusal = presentedPassword(value, input);
  if (refusal !== undefined || typeof value !== 'string') return refusal;
  if (passwordLength(value) < MIN_PASSWORD_LENGTH)
    return `must have at least ${MIN_PASSWORD_LENGTH} characters`;
  if (/\p{Cs}/u.test(value)) return 'must not contain half characters';
  return fold(normalisePassword(value)) === fold(input['email']) ? 'must not be the email' : undefined;
};

const passwordLength = (value: string): number => lengthOf(normalisePassword(value));

const displayName: Rule = (value) => {
  if (value === undefined) return undefined;
  const isOne = typeof value === 'string' && isPlainText(tidy(value)) && tidy(value) !== '';
  return isOne && lengthOf(tidy(value)) <= MAX_DISPLAY_NAME_LENGTH
    ? undefined
    : `must be text of 1 to ${MAX_DISPLAY_NAME_LENGTH} characters, or be left out`;
};

/** What a new account must obey; the body's validation and the service both use it. */
export const signUpRules = { email, password: newPassword, displayName } as const;

/** A sign-in asks less: rules for new passwords may change, and accounts made before must still open. */
export const signInRules = { email, password: presentedPassword } as const;
