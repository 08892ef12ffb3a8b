# llhttp, Node's HTTP/1 parser: Debian ships its generated C in the package node-llhttp.

set(NANO_LLHTTP_VERSION 8.1.0)
set(NANO_LLHTTP_SOURCES /usr/share/llhttp)
set(NANO_LLHTTP_HEADERS /usr/share/include/llhttp)

if(NOT EXISTS ${NANO_LLHTTP_SOURCES}/llhttp.c)
  message(FATAL_ERROR "llhttp's C sources are not in ${NANO_LLHTTP_SOURCES}: run deploy/install_deps.sh")
endif()
file(STRINGS ${NANO_LLHTTP_HEADERS}/llhttp.h version_lines REGEX "#define LLHTTP_VERSION_(MAJOR|MINOR|PATCH)")
string(REGEX REPLACE "[^0-9;]" "" version_parts "${version_lines}")
string(REPLACE ";" "." found_version "${version_parts}")
if(NOT found_version VERSION_EQUAL NANO_LLHTTP_VERSION)
  message(FATAL_ERROR "llhttp ${found_version} found, but nano is tested with ${NANO_LLHTTP_VERSION}: "
                      "check the parser's tests and change NANO_LLHTTP_VERSION in cmake/Llhttp.cmake")
endif()

add_library(nano_llhttp STATIC ${NANO_LLHTTP_SOURCES}/api.c ${NANO_LLHTTP_SOURCES}/http.c
                               ${NANO_LLHTTP_SOURCES}/llhttp.c)
target_include_directories(nano_llhttp SYSTEM PUBLIC ${NANO_LLHTTP_HEADERS})
target_compile_options(nano_llhttp PRIVATE -w)
