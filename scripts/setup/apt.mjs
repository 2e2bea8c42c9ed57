// Debian and its kin: which release this is, what apt offers, and installing packages as root or through a password-less sudo.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exists, output, run, SetupError, which } from './shell.mjs';

function osRelease() {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return Object.fromEntries([...text.matchAll(/^(\w+)=["']?(.*?)["']?$/gm)].map(([, key, value]) => [key, value]));
  } catch {
    return {};
  }
}

const release = osRelease();

/** Debian's major release (12), or null elsewhere; a Debian without a number is its unreleased next one. */
export const debian = release.ID === 'debian' ? Number(release.VERSION_ID ?? Infinity) : null;
export const system = release.PRETTY_NAME ?? `${process.platform} ${process.arch}`;
export const hasApt = process.platform === 'linux' && which('apt-get') !== null;

/** What to put before a command that needs root: nothing for root, sudo where it asks no password, else null. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return which('sudo') && output('sudo', ['-n', 'true']) !== null ? ['sudo', '-n'] : null;
}

let prefix;
export function canInstall() {
  if (!hasApt) return false;
  prefix ??= { value: rootPrefix() };
  return prefix.value !== null;
}

export function installCommand(packages) {
  return `sudo apt-get update && sudo apt-get install -y ${packages.join(' ')}`;
}

async function aptGet(args, options) {
  // Another apt may be at work (a machine's own nightly update): wait for its lock rather than fail.
  const command = [...prefix.value, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=600', '-q', ...args];
  return run(command[0], command.slice(1), options);
}

let updated = false;
/** Fetches the package lists, once a run. */
export async function update(options) {
  if (updated) return;
  await aptGet(['update'], options);
  updated = true;
}

export async function install(packages, options) {
  if (!canInstall()) {
    throw new SetupError(`missing: ${packages.join(' ')}, and this user may not install packages (not root, no sudo without a password).\nRun:\n  ${installCommand(packages)}`);
  }
  await update(options);
  await aptGet(['install', '-y', '--no-install-recommends', ...packages], options);
}

export const isInstalled = (packageName) => output('dpkg-query', ['-W', '-f', '${db:Status-Status}', packageName]) === 'installed';

/** The upstream version apt would install ('3.1.69' of '3.1.69+dfsg-3'), or null. */
export function candidate(packageName) {
  const text = output('apt-cache', ['policy', packageName], { env: { ...process.env, LC_ALL: 'C' } });
  const version = text?.match(/Candidate: (\S+)/)?.[1];
  if (!version || version === '(none)') return null;
  return version.replace(/^\d+:/, '').match(/^\d+(?:\.\d+)*/)?.[0] ?? null;
}

/** The URI this machine takes its Debian `codename` packages from, read from its own sources: a mirror, a proxy, whatever its owner chose. */
export function debianUri(codename = release.VERSION_CODENAME) {
  const folder = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...(exists(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)) : [])];
  for (const file of files.filter(exists)) {
    const text = readFileSync(file, 'utf8').replace(/^#.*\n?/gm, '');
    if (file.endsWith('.sources')) {
      for (const paragraph of text.split(/\n\s*\n/)) {
        const field = (name) => paragraph.match(new RegExp(`^${name}:\\s*(.*(?:\\n[ \\t].*)*)`, 'im'))?.[1].split(/\s+/).filter(Boolean) ?? [];
        if (field('Enabled')[0] === 'no' || !field('Types').includes('deb')) continue;
        if (field('Suites').includes(codename) && field('URIs').length > 0) return field('URIs')[0];
      }
    } else if (file.endsWith('.list')) {
      for (const entry of text.split('\n')) {
        const [, uri, suite] = entry.match(/^deb\s+(?:\[.*?\]\s+)?(\S+)\s+(\S+)/) ?? [];
        if (suite === codename) return uri;
      }
    }
  }
  throw new SetupError(`no source of Debian ${codename} in ${files.join(', ')}: set-up takes newer packages from where this machine takes its own.`);
}
