import { EmbeddedPostgres } from '../postgres/embedded-postgres.ts';

// A program for specs: starts the embedded PostgreSQL in the folder it is given, tells its parent the URL, and
// stops it when the parent hangs up, unless it is killed first. Its data survive a crash only with `durable`.
const [dataDir = '', durability] = process.argv.slice(2);
const postgres = await EmbeddedPostgres.start({ dataDir, durable: durability === 'durable' });
process.once('disconnect', () => void postgres.stop());
process.send?.(postgres.url);
