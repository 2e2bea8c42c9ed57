// What set-up brings, as one table: what it is for, how it is found, which apt packages hold it, what to run elsewhere.
import { candidate, debian, isInstalled } from './apt.mjs';
import * as find from './find.mjs';
import { installPrivateToolchain, privateToolchainNeeds } from './private-toolchain.mjs';
import { atLeast, root, run, SetupError } from './shell.mjs';

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
  { name: 'CMake', for: always, find: find.findCmake, apt: ['cmake'], needs: `>= ${find.wanted.cmake}`, elsewhere: { darwin: 'brew install cmake', win32: 'winget install Kitware.CMake' } },
  { name: 'Ninja', for: always, find: find.findNinja, apt: ['ninja-build'], elsewhere: { darwin: 'brew install ninja', win32: 'winget install Ninja-build.Ninja' } },
  { name: 'C++ compiler', for: always, find: find.findCompiler, apt: ['g++'], needs: `g++ >= ${find.wanted.gcc} or clang++ >= ${find.wanted.clang} (C++20)`, elsewhere: { darwin: 'xcode-select --install', win32: 'winget install Microsoft.VisualStudio.2022.BuildTools' } },
  { name: 'Emscripten', for: always, find: foundEmscripten, plan: () => emscriptenPlan('emscripten', find.wanted.emscripten), needs: `>= ${find.wanted.emscripten}`, elsewhere: { darwin: 'brew install emscripten', any: emsdk } },
  { name: 'xsimd', for: always, find: find.findXsimd, plan: () => emscriptenPlan('libxsimd-dev', find.wanted.xsimd), needs: `>= ${find.wanted.xsimd}`, optional: 'CMake fetches it at a pinned tag', elsewhere: { darwin: 'brew install xsimd' } },
  { name: 'GoogleTest', for: compiled, find: find.findGoogleTest, apt: ['libgtest-dev', 'libgmock-dev'], elsewhere: { darwin: 'brew install googletest' } },
  { name: 'Benchmark', for: compiled, find: find.findGoogleBenchmark, apt: ['libbenchmark-dev'], elsewhere: { darwin: 'brew install google-benchmark' } },
  { name: 'clang', for: tests, find: find.findClang, apt: ['clang-19'], needs: `>= ${find.wanted.clang}`, optional: 'the second-compiler suite is skipped' },
  { name: 'aarch64', for: tests, find: find.findAarch64, apt: ['g++-aarch64-linux-gnu', 'qemu-user'], optional: 'the NEON suite is skipped' },
  { name: 'Chromium', for: tests, find: find.findChromium, apt: ['chromium'], elsewhere: { darwin: 'brew install --cask chromium', win32: 'winget install Google.Chrome' } },
  { name: 'clang-format', for: [], find: find.findClangFormat, optional: 'only `npm run lint` uses it' },
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

/** The error for what this machine's user must do by hand. */
export function byHand(missing, system) {
  const lines = missing.map(({ name, needs, elsewhere }) => {
    const command = elsewhere?.[process.platform] ?? elsewhere?.any ?? `install ${name} with this system's package manager`;
    return `  ${name}${needs ? ` ${needs}` : ''}:\n    ${command}`;
  });
  return new SetupError(`set-up cannot install these on ${system}. Run, then try again:\n${lines.join('\n')}`);
}
