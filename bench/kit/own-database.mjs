import process from 'node:process';
import pg from 'pg';

/** Creates a database of its own on the server of DATABASE_URL. Call `drop` at the end. Ends the process without one. */
export async function ownDatabase(purpose) {
  const server = process.env.DATABASE_URL ?? '';
  if (!/^postgres/.test(server)) {
    process.stderr.write(
      'Set DATABASE_URL to a Postgres server: the embedded one has only one connection.\n',
    );
    process.exit(1);
  }
  const name = `${purpose}_bench_${process.pid}`;
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (statement) => query(url.href, statement),
    drop: () => query(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function query(target, statement) {
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
