import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecordingTools, type Run } from './recording-tools';

/** Somebody in front of the repository, whose `ssh` runs what it is told right here, where `docker` and `sudo` are stand-ins that write down how they were called; `$LOGIN` says where. */
export class OperationsBench {
  private readonly tools = new RecordingTools();

  constructor(docker = '') {
    mkdirSync(this.at('remote'));
    const path = `${this.at('remote')}:/usr/bin:/bin`;
    this.program(
      'bin/ssh',
      `echo "$*" >>${this.at('ssh-calls')}\nwhile [ $# -gt 2 ]; do shift; done\nexport LOGIN="$1"\nline=$2\ncd ${this.root}\nPATH=${path} exec /bin/sh -c "$line"`,
    );
    this.docker(docker);
  }

  get root(): string {
    return this.tools.root;
  }

  at(name: string): string {
    return join(this.root, name);
  }

  program(name: string, text: string): void {
    writeFileSync(this.at(name), `#!/bin/sh\n${text}\n`);
    chmodSync(this.at(name), 0o755);
  }

  /** What the stand-in does with its arguments. */
  docker(text: string): void {
    this.program(
      'remote/docker',
      `line=$(echo "$*" | tr '\\n' ' ')\nprintf '%s\\n' "$line" >>${this.at('docker-calls')}\nprintf '%s\\n' "\${LOGIN%%.*} docker $line" >>${this.at('host-calls')}\n${text}`,
    );
  }

  /** How `docker` was called since the last time somebody looked. */
  calls(): string[] {
    return this.looked('docker-calls');
  }

  /** The same with where, `admin@murphys docker ps`, and with what other stand-ins wrote to `host-calls`. */
  callsAnywhere(): string[] {
    return this.looked('host-calls');
  }

  private looked(name: string): string[] {
    if (!existsSync(this.at(name))) return [];
    const lines = readFileSync(this.at(name), 'utf8')
      .split('\n')
      .map((line) => line.trim());
    writeFileSync(this.at(name), '');
    return lines.filter((line) => line !== '');
  }

  /** With this as the override file. */
  configured(vulpine: object): this {
    writeFileSync(this.at('estates.json'), JSON.stringify({ vulpine }));
    return this;
  }

  run(script: string, ...args: readonly string[]): Run {
    return this.tools.run(script, args);
  }

  runBeside(script: string, ...args: readonly string[]): Promise<Run> {
    return this.tools.runBeside(script, args);
  }
}

/** A second instance, on a host that is big enough. */
export const TWO_INSTANCES = { prod: { hosts: { smithwicks: { type: 'g6-standard-6' } }, instances: { corsac: { domain: 'corsac.example.org' } } } };
