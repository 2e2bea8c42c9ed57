// What set-up brings, as one table: what it is for, how it is found, which apt packages hold it, what to run elsewhere.
import { candidate, debian, hasApt, isInstalled } from './apt.mjs';
import * as find from './find.mjs';
import { installPrivateToolchain, privateToolchainNeeds } from './private-toolchain.mjs';
import { atLeast, root, run, SetupError, which } from './shell.mjs';

const always = ['start', 'test', 'build'];
const compiled = ['build', 'test'];
const tests = ['test'];
const emsdk = 'git clone https://github.com/emscripten-core/emsdk && emsdk/emsdk install 3.1.69 && emsdk/emsdk activate 3.1.69 && . emsdk/emsdk_env.sh';

/** Debian's packages are taken from apt where new enough, from the next release into a private folder on Debian 12, and are the user's task elsewhere. */
function emscriptenPlan(packageName, minimum) {
  // A Debian whose package lists were never fetched has no candidate, but is known to have it.
  if (debian >= 13 || atLeast(candidate(packageName), minimum)) return { apt: [packageName] };
  if (debian === 12) return { apt: privateToolchainNeeds.filter((name) => !isInstalled(name)), install: installPrivateToolchain, doing: 'installing Emscripten and xsimd into the user cache: 246 MB to fetch' };
  return null;
}

/**
 * Each row: `name`; `for` the purposes that need it; `find()` gives {path, version} or null; how to get it: `apt` its packages, or `plan()` giving
 * {apt, install, doing} where that depends on the release, or `install` and `doing`; `elsewhere` the command for a machine without apt;
 * `optional` what happens without it.
 */
export const steps = [
  { name: 'npm packages', for: always, find: () => find.findNpmDependencies(root), install: installNpmPackages, doing: 'npm ci' },
  { name: 'CMake', for: always, find: find.findCmake, apt: ['cmake'], needs: `>= ${find.wanted.cmake}`, elsewhere: { brew: 'cmake', winget: 'Kitware.CMake', dnf: 'cmake', pacman: 'cmake' } },
  { name: 'Ninja', for: always, find: find.findNinja, apt: ['ninja-build'], elsewhere: { brew: 'ninja', winget: 'Ninja-build.Ninja', dnf: 'ninja-build', pacman: 'ninja' } },
  { name: 'C++ compiler', for: always, find: find.findCompiler, apt: ['g++'], needs: `g++ >= ${find.wanted.gcc} or clang++ >= ${find.wanted.clang} (C++20)`, elsewhere: { brew: 'llvm', winget: 'LLVM.LLVM', dnf: 'gcc-c++', pacman: 'gcc' } },
  { name: 'Emscripten', for: always, find: foundEmscripten, plan: () => emscriptenPlan('emscripten', find.wanted.emscripten), needs: `>= ${find.wanted.emscripten}`, elsewhere: { brew: 'emscripten', pacman: 'emscripten', command: emsdk } },
  { name: 'xsimd', for: always, find: find.findXsimd, plan: () => emscriptenPlan('libxsimd-dev', find.wanted.xsimd), needs: `>= ${find.wanted.xsimd}`, optional: 'CMake fetches it at a pinned tag' },
  { name: 'GoogleTest', for: compiled, find: find.findGoogleTest, apt: ['libgtest-dev', 'libgmock-dev'], optional: hasApt ? undefined : 'CMake fetches it at a pinned tag' },
  { name: 'Benchmark', for: compiled, find: find.findGoogleBenchmark, apt: ['libbenchmark-dev'], elsewhere: { brew: 'google-benchmark', dnf: 'google-benchmark-devel', pacman: 'benchmark', command: 'vcpkg install benchmark' } },
  { name: 'clang', for: tests, find: find.findClang, apt: ['clang-19'], needs: `>= ${find.wanted.clang}`, optional: 'the second-compiler suite is skipped' },
  { name: 'aarch64', for: tests, find: find.findAarch64, apt: ['g++-aarch64-linux-gnu', 'qemu-user'], optional: 'the NEON suite is skipped' },
  { name: 'Chromium', for: tests, find: find.findChromium, apt: ['chromium'], elsewhere: { brew: '--cask google-chrome', winget: 'Google.Chrome', dnf: 'chromium', pacman: 'chromium' } },
];

export const purposes = always;

function foundEmscripten() {
  const found = find.findEmscripten();
  return found?.old ? null : found;
}

async function installNpmPackages(options) {
  const lock = find.hasLock(root);
  // Playwright drives a Chromium that is there already; its own must not be fetched.
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await run(npm, [lock ? 'ci' : 'install', '--no-audit', '--no-fund'], { ...options, env, shell: process.platform === 'win32' });
}

const managers = { brew: 'brew install', winget: 'winget install', dnf: 'sudo dnf install -y', pacman: 'sudo pacman -S --needed' };

/** The error for what this machine's user must install by hand: one command a line. */
export function byHand(missing, system) {
  const manager = Object.keys(managers).find((name) => which(name));
  const commands = new Set();
  for (const { name, elsewhere } of missing) {
    if (elsewhere?.[manager]) commands.add(`${managers[manager]} ${elsewhere[manager]}`);
    else commands.add(elsewhere?.command ?? `install ${name} with this system's package manager`);
  }
  const names = missing.map(({ name, needs }) => (needs ? `${name} ${needs}` : name));
  return new SetupError(`set-up cannot install these on ${system}: ${names.join(', ')}. Run, then try again:\n${[...commands].map((command) => `  ${command}`).join('\n')}`);
}
