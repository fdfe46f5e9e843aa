// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Collecting.Sockets;
using Weir.Hosting.Running;

namespace Weir.Collector.Running;

/// <summary>Takes datagrams from the first moment to the stop. A lane that fails ends the process.</summary>
internal sealed class IntakeRunner(
    UdpIntake intake, Pipeline pipeline, ProcessFailure failure, FlowsOptions options, ILogger<IntakeRunner> log)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _collecting = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _collecting = CollectAsync();
        var listeners = string.Join(' ', intake.Sockets.Select(socket => socket.Listener).Distinct());
        log.FlowsTaken(listeners);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
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
            await intake.RunAsync(lane => new LaneDatagramHandler(pipeline.Lanes[lane.Number]), _stop.Token);
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
