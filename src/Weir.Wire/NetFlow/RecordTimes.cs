// SPDX-License-Identifier: Apache-2.0
//
// Start and end of a flow from whatever a record tells of them: absolute times in four units, distances back from the
// export time, the exporter's uptime, a duration, the time of an event. Standards: RFC 7012 (elements 21, 22, 150–162,
// 322–325), RFC 3954 §8.
namespace Weir.Wire.NetFlow;

/// <summary>The times of one record while it is being read.</summary>
internal struct RecordTimes
{
    private long _startMs;
    private long _endMs;
    private long _eventMs;
    private long _durationMs;
    private uint _startUptime;
    private uint _endUptime;
    private bool _hasStartUptime;
    private bool _hasEndUptime;

    public long SystemInitMs { get; private set; }

    public void SetField(FieldKind kind, ulong value, in ExportClock clock)
    {
        switch (kind)
        {
            case FieldKind.StartUptime:
                (_startUptime, _hasStartUptime) = ((uint)value, true);
                break;
            case FieldKind.EndUptime:
                (_endUptime, _hasEndUptime) = ((uint)value, true);
                break;
            case FieldKind.SystemInit:
                SystemInitMs = Bounded(value);
                break;
            case FieldKind.DurationMs:
                First(ref _durationMs, Bounded(value));
                break;
            case FieldKind.DurationMicroseconds:
                First(ref _durationMs, Bounded(value / 1000));
                break;
            case FieldKind.StartSeconds or FieldKind.StartMs or FieldKind.StartMicroseconds
                or FieldKind.StartNanoseconds or FieldKind.StartDelta:
                First(ref _startMs, Moment(kind, value, in clock));
                break;
            case FieldKind.EndSeconds or FieldKind.EndMs or FieldKind.EndMicroseconds
                or FieldKind.EndNanoseconds or FieldKind.EndDelta:
                First(ref _endMs, Moment(kind, value, in clock));
                break;
            default:
                First(ref _eventMs, Moment(kind, value, in clock));
                break;
        }
    }

    /// <summary>Start and end in milliseconds since the UNIX epoch; 0 where nothing was said.</summary>
    public readonly (long StartMs, long EndMs) Resolve(in ExportClock clock)
    {
        var start = _startMs != 0 || !_hasStartUptime ? _startMs : FromUptime(_startUptime, in clock);
        var end = _endMs != 0 || !_hasEndUptime ? _endMs : FromUptime(_endUptime, in clock);
        if (start == 0 && end == 0 && _hasStartUptime && _hasEndUptime)
        {
            // IPFIX that never tells when it started: only how long the flow lasted is known, so it ends at the export.
            end = clock.ExportedAtMs;
            start = end - Math.Max(0, (int)(_endUptime - _startUptime));
        }

        end = end != 0 ? end : _eventMs;
        if (_durationMs != 0)
        {
            end = end != 0 ? end : start != 0 ? start + _durationMs : clock.ExportedAtMs;
            start = start != 0 ? start : end - _durationMs;
        }

        return (start != 0 ? start : _eventMs, end);
    }

    private readonly long FromUptime(uint uptime, in ExportClock clock)
    {
        var init = SystemInitMs != 0 ? SystemInitMs : clock.SystemInitMs;
        return clock.HasUptime ? clock.FromUptime(uptime) : init != 0 ? init + uptime : 0;
    }

    private static long Moment(FieldKind kind, ulong value, in ExportClock clock) =>
        value == 0 && !IsDelta(kind) ? 0 : kind switch
        {
            FieldKind.StartSeconds or FieldKind.EndSeconds or FieldKind.EventSeconds =>
                Bounded(value > LastMs ? value : value * 1000),
            FieldKind.StartMs or FieldKind.EndMs or FieldKind.EventMs => Bounded(value),
            FieldKind.StartMicroseconds or FieldKind.EndMicroseconds or FieldKind.EventMicroseconds =>
                clock.FromNtp(value, 1_000),
            FieldKind.StartNanoseconds or FieldKind.EndNanoseconds or FieldKind.EventNanoseconds =>
                clock.FromNtp(value, 1_000_000),
            _ => clock.ExportedAtMs - Bounded(value / 1000),
        };

    private static bool IsDelta(FieldKind kind) => kind is FieldKind.StartDelta or FieldKind.EndDelta;

    /// <summary>The last millisecond a calendar has, that of the year 9999.</summary>
    private const ulong LastMs = 253_402_300_799_999;

    /// <summary>A larger value is not a time and must not overflow what follows.</summary>
    public static long Bounded(ulong value) => value > LastMs ? 0 : (long)value;

    private static void First(ref long place, long value) => place = place == 0 ? value : place;
}
