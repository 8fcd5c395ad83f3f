# SPDX-License-Identifier: MIT
cmake_minimum_required(VERSION 3.22)
# cmake -DPROGRAM=.. -DVERSION=.. -DFOLDER=.. -DOUT=.. -P: NAME.1.in with its @WORDS@ replaced:
# -DCOMMAND=.. (optional): the page of `PROGRAM COMMAND`, NAME being PROGRAM-COMMAND.
# @SYNOPSIS@, @OPTIONS@, @CLASSES@ by what the program says of itself, @FILTER@ by filter.in.
get_filename_component(name ${PROGRAM} NAME)
if(COMMAND)
  string(APPEND name -${COMMAND})
endif()
file(READ ${FOLDER}/${name}.1.in page)
file(READ ${FOLDER}/filter.in filter)
string(REPLACE "@FILTER@\n" "${filter}" page "${page}")
foreach(word SYNOPSIS OPTIONS CLASSES)
  string(TOLOWER ${word} piece)
  execute_process(COMMAND ${PROGRAM} ${COMMAND} --describe=man-${piece} OUTPUT_VARIABLE text
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${PROGRAM} --describe=man-${piece}: ${failed}")
  endif()
  string(REPLACE "@${word}@\n" "${text}" page "${page}")
endforeach()
string(REPLACE "@VERSION@" "${VERSION}" page "${page}")
file(WRITE ${OUT} "${page}")
