# SPDX-License-Identifier: MIT
cmake_minimum_required(VERSION 3.22)
# cmake -DPROGRAM=.. -DWORD=bash|zsh|fish -DOUT=.. -P: what the program says of itself, into a file.
get_filename_component(folder ${OUT} DIRECTORY)
file(MAKE_DIRECTORY ${folder}) # make, unlike ninja, does not
execute_process(COMMAND ${PROGRAM} --describe=${WORD} OUTPUT_FILE ${OUT}.new
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${PROGRAM} --describe=${WORD}: ${failed}")
endif()
file(RENAME ${OUT}.new ${OUT})
