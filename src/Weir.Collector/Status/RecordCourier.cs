// SPDX-License-Identifier: Apache-2.0
//
// The desk has no way into a collector. So a collector asks whether somebody who may verify its record wants lines of
// it, puts on the record that they are read, and sends them.
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Releases;

namespace Weir.Collector.Status;

/// <summary>Gives this collector's record to the desk, page by page, as it is asked for.</summary>
/// <param name="name">The collector's.</param>
/// <param name="directory">Where its record lies.</param>
/// <param name="audit">It itself.</param>
/// <param name="desk">Who asks.</param>
/// <param name="time">The clock.</param>
internal sealed class RecordCourier(
    string name, string directory, IAuditLog audit, PeerClient desk, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                var asked = await desk.GetAsync(
                    RecordRoutes.Asked, RecordJson.Default.RecordAsk,
                    new Dictionary<string, string> { ["name"] = name }, PollTimeout, stoppingToken);
                if (asked is not null)
                {
                    await AnswerAsync(asked, stoppingToken);
                    continue;
                }
            }
            catch (Exception fault)
                when (fault is PeerDownException or PeerRefusedException or AuditException or IOException
                    or UnauthorizedAccessException)
            {
                // The client has said so, or health does; who asked is told that nothing came.
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task AnswerAsync(RecordAsk asked, CancellationToken cancel)
    {
        if (!RecordAsk.IsName(asked.For))
        {
            throw new IOException($"collector {name}: the desk asks for lines of the record in nobody's name");
        }

        _ = await audit.AppendAsync(
            new AuditEntry
            {
                Actor = desk.Name, Role = desk.Name, Act = AuditActions.ReadAudit, Outcome = AuditActions.Allow,
                Reason = RecordGate.Describe(asked),
            },
            cancel);
        var page = asked with { Most = Math.Clamp(asked.Most, 1, RecordLines.Max) };
        _ = await desk.PostAsync(
            RecordRoutes.Answer, new(asked.Number, name, RecordGate.Read(directory, page)),
            RecordJson.Default.RecordAnswer, DeskJson.Default.Done, cancel: cancel);
    }
}
