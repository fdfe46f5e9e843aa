// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Collecting.Sessions;
using Weir.Collector.Collecting.Sockets;
using Weir.Hosting.Running;

namespace Weir.Collector.Running;

/// <summary>Takes datagrams, and what comes over connections, from the first moment to the stop. A lane that fails ends the process.</summary>
internal sealed class IntakeRunner(
    UdpIntake intake, SessionIntake sessions, Pipeline pipeline, ProcessFailure failure, FlowsOptions options,
    ILogger<IntakeRunner> log)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _collecting = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _collecting = CollectAsync();
        await sessions.StartAsync(cancellationToken);
        var listeners = string.Join(' ', intake.Sockets.Select(socket => socket.Listener).Distinct()
            .Concat(sessions.Listeners.Select(one => one.Listener)));
        log.FlowsTaken(listeners);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await sessions.StopAsync(cancellationToken);
        }
        finally
        {
            await _stop.CancelAsync();
        }

        if (await Task.WhenAny(_collecting, Task.Delay(options.LanesEnd, CancellationToken.None)) != _collecting)
        {
            log.LanesLate(options.LanesEnd.TotalSeconds);
        }

        var read = pipeline.Lanes.Sum(lane => lane.Read);
        log.FlowsEnded(read);
    }

    public void Dispose() => _stop.Dispose();

    private async Task CollectAsync()
    {
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var ofSessions = pipeline.Lanes.Skip(intake.Lanes.Count).ToDictionary(lane => lane.Decoder.Transport);
            Task[] both =
            [
                intake.RunAsync(lane => new LaneDatagramHandler(pipeline.Lanes[lane.Number]), end.Token),
                .. sessions.Lanes.Count == 0 ? [] : (Task[])[
                    sessions.RunAsync(lane => new LaneSessionHandler(ofSessions[lane.Transport]), end.Token)],
            ];
            _ = await Task.WhenAny(both);
            await end.CancelAsync();
            await Task.WhenAll(both);
        }
        catch (Exception fault) when (!_stop.IsCancellationRequested)
        {
            failure.Report("the intake", fault);
        }
        catch (Exception fault)
        {
            log.WorkFailed("the end of the intake", fault.Message);
        }
    }
}
