"""What happened, told: events become log lines and metrics. Nothing here decides anything.

    tell      one Emit out of many listeners; a failing listener never breaks a request
    log       one JSON line per event
    metrics   counters and histograms in Prometheus text

Called by app (wires it), edge (serves `Metrics.render()` on the admin port).
Never     asked by another room: rooms emit, telemetry listens.
"""
