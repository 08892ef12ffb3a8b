# One library and one test program a folder, made by one function.
#
#   nano_folder(NAME [ENGINE] USES targets... [SCHEMAS files.capnp...] [PRECOMPILE headers...])
#
# nano_NAME is every .cc of the folder but main.cc, *_main.cc and *_test.cc. Its tests become one
# program, nano_NAME_test; with ENGINE they run inside the engine's process image.

include(GoogleTest)

function(nano_folder name)
  cmake_parse_arguments(ARG "ENGINE" "" "USES;SCHEMAS;PRECOMPILE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${name}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main|_main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  if(ARG_SCHEMAS)
    list(TRANSFORM ARG_SCHEMAS PREPEND "${PROJECT_SOURCE_DIR}/${name}/")
    set(CAPNPC_SRC_PREFIX "${PROJECT_SOURCE_DIR}")
    set(CAPNPC_OUTPUT_DIR "${PROJECT_BINARY_DIR}/gen")
    file(MAKE_DIRECTORY "${CAPNPC_OUTPUT_DIR}")
    capnp_generate_cpp(schema_sources schema_headers ${ARG_SCHEMAS})
    set_source_files_properties(${schema_sources} PROPERTIES SKIP_PRECOMPILE_HEADERS ON COMPILE_OPTIONS -w)
  endif()

  add_library(nano_${name} STATIC ${sources} ${schema_sources} ${schema_headers})
  set_target_properties(nano_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(nano_${name} PUBLIC ${ARG_USES})
  if(ARG_PRECOMPILE)
    target_precompile_headers(nano_${name} PRIVATE ${ARG_PRECOMPILE})
  endif()

  if(tests)
    if(ARG_ENGINE)
      nano_engine_program(nano_${name}_test SOURCES ${tests} ${PROJECT_SOURCE_DIR}/cmake/engine/test_main.cc
                          USES nano_${name} GTest::gtest)
    else()
      add_executable(nano_${name}_test ${tests})
      target_link_libraries(nano_${name}_test PRIVATE nano_${name} GTest::gtest GTest::gtest_main)
    endif()
    add_test(NAME ${name} COMMAND ${PROJECT_BINARY_DIR}/bin/nano_${name}_test)
  endif()
endfunction()

# A program of ours that does not need V8.
function(nano_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_USES})
endfunction()
