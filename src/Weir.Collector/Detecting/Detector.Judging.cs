// SPDX-License-Identifier: Apache-2.0
//
// Flow time, and what is judged when it moves on: bins and half minutes in order of their ends. After a long pause only
// so many are judged as could still hold or close something.

namespace Weir.Collector.Detecting;

public sealed unsafe partial class Detector
{
    /// <summary>
    /// Live: flow time goes on as our clock does, from where the flows had brought it. So what happened last is judged
    /// though traffic stopped, and flows that come hours late by our clock, a replay's, are not all late because of a
    /// pause. Nothing where there is no clock.
    /// </summary>
    public void Tick()
    {
        if (_parts.Clock is not { } clock || _mark == long.MinValue)
        {
            return;
        }

        if (clock.GetUtcNow().ToUnixTimeMilliseconds() - _behindMs is var mark && mark > _mark)
        {
            Move(mark);
        }

        _doubted?.Tick();
        Publish();
    }

    private void Begin(long markMs)
    {
        (_mark, _late) = (markMs, 0);
        (_bin, _half) = (_time.FirstOpenBin(markMs), _time.FirstOpenHalf(markMs));
        SetEdge();
    }

    /// <summary>Moves time on. A flow that was held longer than the active timeout moves it to that far from its start:
    /// a log in order of starts is in order too.</summary>
    private void Move(long markMs)
    {
        _mark = markMs;
        Judge(_time.FirstOpenBin(markMs), _time.FirstOpenHalf(markMs));
        SetEdge();
    }

    private void JudgeAll()
    {
        if (_mark != long.MinValue)
        {
            Judge(_bin + FlowTime.Bins, _half + FlowTime.Halves);
        }
    }

    /// <summary>The end of a flow that completes another bin or half minute lies beyond this.</summary>
    private void SetEdge() => _edge = Math.Max(
        _mark,
        Math.Min(((_bin + 1) * _time.BinMs) + _time.WaitMs, ((_half + 1) * FlowTime.HalfMs) + _time.ShortWaitMs) - 1);

    private void Judge(long openBin, long openHalf)
    {
        var done = (CoolMs + (long)_options.HoldDown.TotalMilliseconds) / _time.BinMs;
        var lastBin = Math.Min(openBin, _bin + FlowTime.Bins + done + 2);
        var lastHalf = Math.Min(openHalf, _half + FlowTime.Halves + (done * _time.BinMs / FlowTime.HalfMs) + 2);
        while (_bin < lastBin || _half < lastHalf)
        {
            if (_half < lastHalf && (_bin >= lastBin || (_half + 1) * FlowTime.HalfMs <= (_bin + 1) * _time.BinMs))
            {
                JudgeHalf(_half++);
            }
            else
            {
                JudgeBin(_bin++);
            }
        }

        (_bin, _half) = (Math.Max(_bin, openBin), Math.Max(_half, openHalf));
        _book.CloseBefore(_bin * _time.BinMs, _isDoubtful);
    }

    private void JudgeBin(long bin)
    {
        for (uint block = 1; block <= _pool.Top; block++)
        {
            var head = _pool.At(block);
            if (head->Kind is SecondStageKind.Sent or SecondStageKind.Received)
            {
                _volumes.Judge((VolumeState*)head, bin);
                DropCool(block, head, (bin - head->HotAt) * _time.BinMs);
            }
        }

        _book.CloseBefore((bin + 1) * _time.BinMs, _isDoubtful);
    }

    private void JudgeHalf(long half)
    {
        for (uint block = 1; block <= _pool.Top; block++)
        {
            var head = _pool.At(block);
            if (head->Kind == SecondStageKind.Tried)
            {
                _tries.Judge((ConnectionAttemptState*)head, half);
                DropCool(block, head, (half - head->HotAt) * FlowTime.HalfMs);
            }
        }
    }

    private void DropCool(uint block, SecondStageHeader* head, long coolMs)
    {
        if (coolMs < CoolMs || _book.HasOpen(head->Subject))
        {
            return;
        }

        if (_table.Find(head->Subject) is var place && place is not null)
        {
            place->OutBlock = place->OutBlock == block ? 0 : place->OutBlock;
            place->InBlock = place->InBlock == block ? 0 : place->InBlock;
            place->TryBlock = place->TryBlock == block ? 0 : place->TryBlock;
        }

        _pool.Return(block);
    }
}
