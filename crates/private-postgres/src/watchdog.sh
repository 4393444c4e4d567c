# Runs a PostgreSQL server for as long as the other end of this shell's standard input stays open.
#
# usage: sh -c "$(cat watchdog.sh)" watchdog SIGNAL DOOMED POSTGRES ARGUMENT...
#
# The owner holds the writing end. When it closes it, or dies in whatever way, the pipe ends and
# the server gets SIGNAL (INT: fast shutdown, QUIT: immediate). DOOMED, unless empty, is a
# directory that is not to outlive the owner. The shell exits when the server does, with its code.
signal=$1
doomed=$2
shift 2

exec 3<&0 </dev/null
"$@" 3<&- &
server=$!

# The guard reads with a builtin, so it has no child that could stay behind when it is killed.
(
    while read -r _; do :; done <&3
    kill "-$signal" "$server"
    exit 3
) &
guard=$!
exec 3<&-

wait "$server"
code=$?
kill "$guard" 2>/dev/null
wait "$guard"
if [ $? -eq 3 ] && [ -n "$doomed" ]; then
    rm -rf -- "$doomed" 2>/dev/null
fi
exit "$code"
