const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** What a query may call: figures, texts and times. Whatever reads settings, files, catalogs or other sessions is missing. */
export const functions = words(
  'count sum avg min max stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope ' +
    'regr_intercept regr_r2 regr_count percentile_cont percentile_disc mode bool_and bool_or every string_agg array_agg ' +
    'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value ' +
    'abs ceil ceiling floor round trunc sqrt cbrt power exp ln log log10 mod div sign width_bucket greatest least ' +
    'lower upper initcap length char_length character_length octet_length trim btrim ltrim rtrim left right substring ' +
    'substr position strpos replace translate split_part concat concat_ws starts_with reverse md5 to_char to_number ' +
    'regexp_replace regexp_match regexp_like regexp_count ' +
    'date_trunc date_part extract age to_timestamp to_date make_date make_timestamptz make_interval date_bin now ' +
    'coalesce nullif cardinality array_length unnest',
);

/** Words that a parenthesis may follow without a call. */
export const beforeParenthesis = words(
  'select from where and or not in exists any all some values over filter group by order having on using when then else ' +
    'case between like ilike is distinct union intersect except limit offset as join lateral within partition with ' +
    'materialized cast array row sets rollup cube grouping interval fetch first next return',
);

/** Types that take figures in parentheses. */
export const sizedTypes = words(
  'numeric decimal varchar char character varying bit float time timestamp precision timestamptz',
);

/** What would tell of the server, of others, or of where a row is kept; and what a query for figures does not need. */
export const forbidden = words(
  'information_schema bulkhead ctid xmin xmax cmin cmax tableoid oid regclass regproc regprocedure regoper regoperator ' +
    'regtype regrole regnamespace regconfig regdictionary regcollation current_user session_user system_user ' +
    'current_role current_catalog current_schema current_database recursive operator tablesample xml xmltable into ' +
    'copy insert update delete merge create drop alter grant revoke truncate execute prepare deallocate declare listen ' +
    'notify unlisten lock vacuum analyze analyse explain call do set reset begin commit rollback savepoint',
);

/** Names that some function or catalog of PostgreSQL begins with. */
export const forbiddenPrefix =
  /^(?:pg_|lo_|dblink|_pg_|txid_|inet_|has_|query_to|table_to|cursor_to|schema_to|database_to)/;
