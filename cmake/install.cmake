# `cmake --install`: the libraries, the public headers, and what find_package(sensorium) and pkg-config read.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(libraries sensorium)
if(TARGET sensorium_c)
  list(APPEND libraries sensorium_c)
endif()
install(TARGETS ${libraries} EXPORT sensorium INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/sensorium TYPE INCLUDE)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/sensorium)
# Nothing has to be found first, so the list of targets is the whole configuration.
install(EXPORT sensorium NAMESPACE sensorium:: DESTINATION ${package} FILE sensoriumConfig.cmake)
# Before 1.0 a minor version may change what a program uses.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sensoriumConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sensoriumConfigVersion.cmake DESTINATION ${package})

if(TARGET sensorium_c AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  # Paths count from the file itself, so that the folder can be moved.
  file(RELATIVE_PATH prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/sensorium_c.pc @ONLY CONTENT [[
prefix=${pcfiledir}/@prefix@
Name: sensorium_c
Description: Awareness for agents, in real time: the C interface
Version: @PROJECT_VERSION@
Cflags: -I${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
Libs: -L${prefix}/@CMAKE_INSTALL_LIBDIR@ -lsensorium_c
]])
  install(FILES ${PROJECT_BINARY_DIR}/sensorium_c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
