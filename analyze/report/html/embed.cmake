# SPDX-License-Identifier: MIT
# cmake -DNAME=.. -DOUT=.. -DFILES=a|b -P embed.cmake: files, one after the other, as a struct rn_html_asset.
cmake_minimum_required(VERSION 3.22)
string(REPLACE "|" ";" files "${FILES}")
get_filename_component(folder ${OUT} DIRECTORY)
file(MAKE_DIRECTORY ${folder})
file(WRITE ${OUT}.text "")
foreach(file ${files})
  file(READ ${file} hex HEX)
  string(APPEND all ${hex})
  # Brackets and semicolons make CMake's own lists trip: the text is copied by another program.
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${file} OUTPUT_FILE ${OUT}.part)
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${OUT}.text ${OUT}.part OUTPUT_FILE ${OUT}.both)
  file(RENAME ${OUT}.both ${OUT}.text)
endforeach()
file(SHA256 ${OUT}.text sha256)
file(REMOVE ${OUT}.text ${OUT}.part)
string(REGEX REPLACE "(..)" "0x\\1," bytes ${all})
string(REGEX REPLACE "(................................................................................)" "\\1\n"
  bytes "${bytes}")
string(REGEX REPLACE "(..)" "0x\\1," digest ${sha256})
file(WRITE ${OUT}.new "/* Made by analyze/report/html/embed.cmake. */
#include \"analyze/report/html/assets.h\"

static const uint8_t text[] = {
${bytes}
};

const struct rn_html_asset ${NAME} = { text, sizeof(text), { ${digest} } };
")
file(RENAME ${OUT}.new ${OUT})
