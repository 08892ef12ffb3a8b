# How every source of ours is compiled: language level, warnings, hardening, sanitizers, ccache.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1")

set(NANO_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, for example address,undefined")
if(NANO_SANITIZE)
  set(NANO_ENGINE_PROGRAMS OFF)
  add_compile_options(-fsanitize=${NANO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # GCC's manual warns of false positives of this warning under -fsanitize; KJ's Maybe draws them.
  add_compile_options(-Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${NANO_SANITIZE})
else()
  set(NANO_ENGINE_PROGRAMS ON)
  add_compile_definitions($<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()

add_compile_options(-Wall -Wextra -Werror $<$<COMPILE_LANGUAGE:CXX>:-Wshadow>
                    -fstack-protector-strong)
# libFuzzer's instrumentation (tests/fuzz); clang only. Its warnings are not GCC's.
option(NANO_FUZZ "Build the fuzz programs" OFF)
if(NANO_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link -Wno-error -Wno-unknown-warning-option)
endif()

add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
include_directories("${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/gen")

# ccache needs to be told that a precompiled header may be reused, and GCC to say which one it used.
find_program(NANO_CCACHE ccache)
if(NANO_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${NANO_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()
