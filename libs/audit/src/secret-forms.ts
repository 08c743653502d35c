/**
 * Not within a word, or a text of nothing but beginnings would be searched for ever. A percent-encoded character or
 * an escaped line end begins a new word.
 */
const start = String.raw`(?:(?<![\w-])|(?<=%[\da-fA-F]{2})|(?<=\\[nrt]))`;

/** Secrets that are known by how they begin. Sources: the documentation of those who issue them. */
const prefixed = [
  // Of this server.
  String.raw`bhk_[\w-]{8,}`,
  // Clouds and hosting.
  String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z\d]{16}`,
  String.raw`AIza[\w-]{30,}`,
  String.raw`GOCSPX-[\w-]{20,}`,
  String.raw`ya29\.[\w-]{20,}`,
  String.raw`do[opr]_v1_[\da-f]{32,}`,
  String.raw`dapi[\da-f]{32}`,
  String.raw`hvs\.[\w-]{20,}`,
  // Code and packages.
  String.raw`gh[oprsu]_\w{20,}`,
  String.raw`github_pat_\w{20,}`,
  String.raw`gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[\w-]{16,}`,
  String.raw`npm_\w{30,}`,
  String.raw`pypi-[\w-]{16,}`,
  // Messages and payments.
  String.raw`xox[a-z]-[\w-]{10,}`,
  String.raw`xapp-[\w-]{10,}`,
  String.raw`\d{8,10}:[\w-]{35}(?![\w-])`,
  String.raw`SK[\da-f]{32}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
  String.raw`key-[\da-f]{32}`,
  String.raw`(?:sk|rk)_(?:live|test)_\w{10,}`,
  String.raw`whsec_[\w+/]{20,}`,
  String.raw`shp[a-z]{2}_[\da-fA-F]{32}`,
  // Models.
  String.raw`[sS][kK]-[\w-]{16,}`,
  String.raw`hf_\w{20,}`,
  String.raw`gsk_\w{20,}`,
  String.raw`r8_\w{20,}`,
  String.raw`(?:xai|pplx)-\w{20,}`,
  // Tokens of any issuer, signed (JWS, three parts) or encrypted (JWE, five).
  String.raw`eyJ[\w-]+\.[\w-]+\.[\w-]*(?:\.[\w-]+\.[\w-]+)?`,
  String.raw`AGE-SECRET-KEY-1[A-Z\d]{20,}`,
  String.raw`[Bb][Ee][Aa][Rr][Ee][Rr]\s+[\w.~+/-]+=*`,
].join('|');

const forms: readonly RegExp[] = [
  // To its end, or that of the text where it is cut off.
  /-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----[^]*?(?:-----END [A-Z\d ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----|$)/g,
  // RFC 3986: a user's part holds neither of / ? #.
  /(?<=:\/\/[^\s/@:"'<>?#]{0,200}:)[^\s/?#"'<>]{1,500}(?=@)/g,
  /(?<=\bauthorization["']?\s{0,3}[:=]\s{0,3}["']?)(?:basic|digest|token|apikey|negotiate|aws4-hmac-sha256)\s[^\r\n"']+/gi,
  /(?<=\bcookie["']?\s{0,3}:\s{0,3}["']?)[^\s=;"']{1,200}=[^\r\n]+/gi,
  /(?<=hooks\.slack\.com\/services\/)[\w/]{20,}/g,
  /(?<=[?&]sig=)[\w%+/-]{20,}=*/g,
  new RegExp(`${start}(?:${prefixed})`, 'g'),
];
/** RFC 7617: what follows is the base64 of a user and a password with a colon between. */
const basic = /(?<![\w-])(basic\s{1,3})([\w+/-]{4,2000}={0,2})/gi;

/** The text without what has the form of a secret, in time linear in its length. */
export function withoutSecretForms(text: string, redacted: string): string {
  const rest = forms.reduce((left, form) => left.replace(form, redacted), text);
  return rest.replace(basic, (all, scheme: string, credentials: string) =>
    isCredentials(credentials) ? `${scheme}${redacted}` : all,
  );
}

/** Words such as "Basic arithmetic" decode to what nobody can type. */
const isCredentials = (text: string): boolean =>
  /^[\x20-\x7e\u00a0-\u024f]*:[\x20-\x7e\u00a0-\u024f]*$/.test(Buffer.from(text, 'base64').toString());
