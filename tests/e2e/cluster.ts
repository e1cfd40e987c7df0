// Real sync-server and clinic-node processes for the browser suites: start, stop, cut the line, look at what they print.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const binaries = process.env.POSTO_BIN_DIR ?? join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug');

export const adminEmail = 'admin@example.org';
export const doctorLogin = 'davi.rocha';
export const auditorEmail = 'vera@example.org';
export const adminPassword = 'correct-horse-battery';
export const staffPassword = 'maré-alta-ao-entardecer';

/** A port that was free a moment ago, for TCP and, in all likelihood, UDP. */
async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? done(address.port) : failed(new Error('no port'))));
    });
  });
}

function run(binary: string, args: string[], env: Record<string, string> = {}): string {
  return execFileSync(join(binaries, binary), args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A process on a data folder that can be stopped and started again. */
export class Service {
  private child: ChildProcess | undefined;

  constructor(
    private readonly binary: string,
    private readonly args: string[],
    readonly url: string,
    private readonly log: string,
  ) {}

  async start(): Promise<void> {
    const out = openSync(this.log, 'a');
    this.child = spawn(join(binaries, this.binary), this.args, { stdio: ['ignore', out, out] });
    const deadline = Date.now() + 30_000;
    for (;;) {
      if (this.child.exitCode !== null || Date.now() > deadline) throw new Error(`${this.binary} did not start: ${this.tail()}`);
      const ready = await fetch(`${this.url}/ready`).then((answer) => answer.ok, () => false);
      if (ready) return;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    await new Promise<void>((stopped) => {
      child.once('exit', () => stopped());
      child.kill(signal);
    });
  }

  tail(): string {
    return readFileSync(this.log, 'utf8').split('\n').slice(-15).join('\n');
  }
}

/** A server with one clinic, two locations, one receptionist, and two enrolled nodes. */
export class Cluster {
  private constructor(
    private readonly folder: string,
    readonly server: Service,
    readonly a: Service,
    readonly b: Service,
    readonly clinic: string,
    readonly staff: string,
    /** Centro, where node a stands, and Igarapé. */
    readonly places: readonly [string, string],
  ) {}

  static async create(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'posto-e2e-'));
    const at = (name: string) => join(folder, name);
    const [quic, http, httpA, httpB] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const data = ['--data', at('server')];
    run('sync-server', ['init', ...data, '--admin-email', adminEmail], { POSTO_ADMIN_PASSWORD: adminPassword });
    const json = (args: string[], env?: Record<string, string>) =>
      JSON.parse(run('sync-server', [...args, '--json'], env)) as Record<string, string>;
    const clinic = json(['clinic', 'add', ...data, '--name', 'Clínica Ribeirinha', '--jurisdiction', 'BR']).id!;
    const place = (name: string) => json(['location', 'add', ...data, '--clinic', clinic, '--name', name]).id!;
    const places = [place('Centro'), place('Igarapé')] as const;
    const staff = json(['user', 'add', ...data, '--clinic', clinic, '--name', 'Ana Lima', '--login', 'ana.lima', '--role', 'RECEPTIONIST'], {
      POSTO_USER_PASSWORD: staffPassword,
    }).login!;

    // A doctor of Centro only.
    json(['user', 'add', ...data, '--clinic', clinic, '--location', places[0], '--name', 'Davi Rocha', '--login', doctorLogin, '--role', 'DOCTOR'], {
      POSTO_USER_PASSWORD: staffPassword,
    });
    json(['user', 'add', ...data, '--name', 'Vera Prado', '--role', 'AUDITOR', '--email', auditorEmail], { POSTO_USER_PASSWORD: staffPassword });

    const server = new Service(
      'sync-server',
      ['serve', ...data, '--quic', `127.0.0.1:${quic}`, '--http', `127.0.0.1:${http}`],
      `http://127.0.0.1:${http}`,
      at('server.log'),
    );
    await server.start();
    const node = (name: string, location: string, port: number) => {
      const { code } = json(['enroll-code', ...data, '--clinic', clinic, '--location', location]);
      run('clinic-node', ['enroll', '--data', at(name), '--server', `127.0.0.1:${quic}`, '--code', code!]);
      run('clinic-node', ['sync', '--data', at(name), '--once', '--json']);
      return new Service(
        'clinic-node',
        ['serve', '--data', at(name), '--http', `127.0.0.1:${port}`],
        `http://127.0.0.1:${port}`,
        at(`${name}.log`),
      );
    };
    const a = node('a', places[0], httpA);
    const b = node('b', places[1], httpB);
    await a.start();
    await b.start();
    return new Cluster(folder, server, a, b, clinic, staff, places);
  }

  async destroy(): Promise<void> {
    await Promise.all([this.a.stop(), this.b.stop(), this.server.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
