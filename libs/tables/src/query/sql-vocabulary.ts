const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** What a query may call: figures, texts and times. Whatever reads settings, files, catalogs or other sessions is missing. */
export const functions = words(
  'count sum avg min max stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_slope ' +
    'regr_intercept regr_r2 regr_count percentile_cont percentile_disc mode bool_and bool_or every ' +
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
    'notify unlisten lock vacuum analyze analyse explain call do set reset begin commit rollback savepoint aclitem refcursor',
);

/** Keywords that are calls without parentheses; quoted, they are names. */
export const forbiddenKeywords = words('user');

/**
 * Functions of PostgreSQL 16 to 18 that take a row of any table and are not on the list above: attribute notation would
 * call them. A spec looks for more in the catalog.
 */
export const attributeFunctions = words(
  'num_nulls num_nonnulls to_json to_jsonb row_to_json json_agg json_agg_strict jsonb_agg jsonb_agg_strict ' +
    'json_build_array json_build_object jsonb_build_array jsonb_build_object json_object_agg jsonb_object_agg array_agg ' +
    'any_value quote_literal quote_nullable hash_record record_out record_send any_out anyelement_out ' +
    'anynonarray_out anycompatible_out anycompatiblenonarray_out',
);

/** Names that some function or catalog of PostgreSQL begins with. */
export const forbiddenPrefix =
  /^(?:pg_|lo_|dblink|_pg_|txid_|inet_|has_|query_to|table_to|cursor_to|schema_to|database_to)/;
