/** The issuer of accounts whose password is kept here. */
export const LOCAL_ACCOUNTS = 'local';
