/** Helmet's default: a year. */
const HSTS_MAX_AGE_S = 31_536_000;

/** The security headers of every answer, over HTTP and Socket.IO alike. */
export const securityHeaders = ({
  HSTS_INCLUDE_SUBDOMAINS,
}: {
  readonly HSTS_INCLUDE_SUBDOMAINS: string;
}) => ({
  // A server on a plain-HTTP address must not send its own page's requests to HTTPS.
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  strictTransportSecurity: {
    maxAge: HSTS_MAX_AGE_S,
    includeSubDomains: HSTS_INCLUDE_SUBDOMAINS === 'on',
  },
});
