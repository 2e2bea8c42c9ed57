# Toolchain file of the `wasm` preset: finds an Emscripten that is new enough and hands over to its own toolchain file.
# Looked for in: $EMSDK, em++ on PATH, what scripts/setup.mjs installed or found.
include("${CMAKE_CURRENT_LIST_DIR}/toolchain-cache.cmake")

set(SENSORIUM_EMSCRIPTEN_MINIMUM 3.1.50)

function(sensorium_find_emscripten variable)
  set(folders "")
  if(DEFINED ENV{EMSDK})
    file(TO_CMAKE_PATH "$ENV{EMSDK}/upstream/emscripten" folder)
    list(APPEND folders "${folder}")
  endif()
  find_program(emxx NAMES em++ NO_CACHE NO_CMAKE_FIND_ROOT_PATH)
  if(emxx)
    file(REAL_PATH "${emxx}" emxx)
    get_filename_component(folder "${emxx}" DIRECTORY)
    # Homebrew's em++ is a wrapper in bin; the tree itself is in libexec.
    list(APPEND folders "${folder}" "${folder}/../libexec")
  endif()
  sensorium_remembered(folder emscripten path)
  if(folder)
    list(APPEND folders "${folder}")
  endif()
  set(looked "")
  foreach(folder IN LISTS folders)
    set(file "${folder}/cmake/Modules/Platform/Emscripten.cmake")
    if(EXISTS "${file}" AND EXISTS "${folder}/emscripten-version.txt")
      file(READ "${folder}/emscripten-version.txt" version)
      string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${version}")
      if(version VERSION_GREATER_EQUAL SENSORIUM_EMSCRIPTEN_MINIMUM)
        set(${variable} "${file}" PARENT_SCOPE)
        return()
      endif()
      string(APPEND looked "\n  ${folder}: ${version}, too old")
    endif()
  endforeach()
  message(FATAL_ERROR "No Emscripten >= ${SENSORIUM_EMSCRIPTEN_MINIMUM} in $EMSDK, on PATH or in Sensorium's cache.${looked}\n"
                      "Run: node scripts/setup.mjs --for build")
endfunction()

sensorium_find_emscripten(SENSORIUM_EMSCRIPTEN_CMAKE)

# Its compiler reads the .emscripten beside itself; an EM_CONFIG left over from another installation would point it elsewhere.
if(DEFINED ENV{EM_CONFIG})
  sensorium_remembered(config emscripten env EM_CONFIG)
  if(config)
    set(ENV{EM_CONFIG} "${config}")
  endif()
endif()

include("${SENSORIUM_EMSCRIPTEN_CMAKE}")
