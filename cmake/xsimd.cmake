# The target `sensorium_xsimd`: headers of xsimd >= 13 (13 brought the WASM backend), from CMAKE_PREFIX_PATH or the system, from the
# toolchain scripts/setup.mjs installed, or fetched at a pinned tag.
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/toolchain-cache.cmake")

# find_path's validator: an older xsimd on the way is passed over, not taken.
function(sensorium_xsimd_is_new_enough result folder)
  file(STRINGS "${folder}/xsimd/config/xsimd_config.hpp" line REGEX "define XSIMD_VERSION_MAJOR")
  string(REGEX MATCH "[0-9]+" major "${line}")
  if(NOT major GREATER_EQUAL 13)
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

sensorium_remembered(remembered xsimd path)
# Headers only, so the target system's root does not matter to a cross build.
find_path(SENSORIUM_XSIMD_INCLUDE NAMES xsimd/config/xsimd_config.hpp HINTS "$ENV{xsimd_ROOT}/include" "${remembered}"
          VALIDATOR sensorium_xsimd_is_new_enough NO_CMAKE_FIND_ROOT_PATH
          DOC "The folder that holds xsimd/xsimd.hpp, version 13 or newer")

if(SENSORIUM_XSIMD_INCLUDE)
  # Another compiler's headers live beside xsimd in /usr/include: a link of our own holds xsimd and nothing else.
  set(include "${SENSORIUM_XSIMD_INCLUDE}")
  if(CMAKE_CROSSCOMPILING)
    set(include "${CMAKE_BINARY_DIR}/xsimd-include")
    file(MAKE_DIRECTORY "${include}")
    file(CREATE_LINK "${SENSORIUM_XSIMD_INCLUDE}/xsimd" "${include}/xsimd" SYMBOLIC COPY_ON_ERROR)
  endif()
else()
  message(STATUS "xsimd >= 13 not found; fetching 13.2.0 (to avoid this: node scripts/setup.mjs --for build)")
  include(FetchContent)
  FetchContent_Declare(xsimd_source GIT_REPOSITORY https://github.com/xtensor-stack/xsimd.git GIT_TAG 13.2.0 GIT_SHALLOW TRUE
                       SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(xsimd_source)
  set(include "${xsimd_source_SOURCE_DIR}/include")
endif()

# Whoever has Sensorium among their sources may have a target `xsimd` of their own.
add_library(sensorium_xsimd INTERFACE)
target_include_directories(sensorium_xsimd SYSTEM INTERFACE "${include}")
